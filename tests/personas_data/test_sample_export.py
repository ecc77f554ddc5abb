"""The committed sample is what its script makes, and has the shapes and shares it states."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from personas_data.sample.dirt import EVENT_DIRT, HISTORY_DIRT
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "personas_data" / "sample"
FIRST, SECOND = "events_2025-06_2025-10-07.jsonl.gz", "events_2025-10-08_2025-10-22.jsonl"
FILES = (FIRST, SECOND, "correction_history.json.gz", "usage_summaries.json",
         "client_properties.jsonl")  # fmt: skip
DAY_MS = 86_400_000

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def events() -> Rows:
    first = gzip.decompress((SAMPLE / FIRST).read_bytes()).decode().splitlines()
    second = (SAMPLE / SECOND).read_text(encoding="utf-8").splitlines()[:-1]
    nested = [json.loads(line) for line in second]
    return [*map(json.loads, first), *({"event": r["event"], **r["properties"]} for r in nested)]


@pytest.fixture(scope="module")
def runs(events: Rows) -> Rows:
    return [row for row in events if row["event"].endswith("run_paraphrasing")]


@pytest.fixture(scope="module")
def histories() -> Rows:
    rows: Rows = json.loads(gzip.decompress((SAMPLE / "correction_history.json.gz").read_bytes()))
    return rows


def none_first(rows: Rows) -> list[str]:
    counts = Counter("none" if row["field"] == "general" else row["field"] for row in rows)
    return [field for field, _ in counts.most_common()]


def by_person(runs: Rows, key: str) -> list[Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in runs:
        found[row["distinct_id"]][row[key]] += 1
    return list(found.values())


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_the_script_makes_the_same_bytes_again(tmp_path: Path, hash_seed: str) -> None:
    command = [sys.executable, "-m", "personas_data.sample.generate", str(tmp_path)]
    environment = {"PYTHONHASHSEED": hash_seed, "PYTHONUTF8": "1"}
    subprocess.run(command, cwd=ROOT, check=True, env=environment, capture_output=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    for name in FILES:
        assert unpacked(tmp_path / name) == unpacked(SAMPLE / name), name


def unpacked(path: Path) -> bytes:
    """The content without the packing: another zlib packs the same bytes otherwise."""
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


def test_the_script_knows_nothing_of_the_programs_that_read_it() -> None:
    code = (
        "import sys, personas_data.sample.generate; "
        "print([m for m in sys.modules if m.split('.')[0] in ('rec_assets', 'rec_api')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"


def test_the_size_is_bounded() -> None:
    assert sum(path.stat().st_size for path in SAMPLE.iterdir() if path.is_file()) < 6_000_000


def test_the_counts_are_the_stated_ones(events: Rows, runs: Rows, histories: Rows) -> None:
    assert 19_000 <= len(events) <= 21_000
    assert 3_900 <= len(histories) <= 4_200
    people = len((SAMPLE / "client_properties.jsonl").read_text("utf-8").splitlines())
    assert people == 600
    # Nine a person; some people still have two ids here.
    assert 6 <= median(count.total() for count in by_person(runs, "field")) <= 10
    days = sorted(row["created_at"][:10] for row in histories)
    assert days[0] <= "2025-06-03"
    assert days[-1] == "2025-10-22"


def test_none_is_by_far_the_commonest_field(runs: Rows, histories: Rows) -> None:
    assert none_first(histories)[:5] == ["none", "email", "article", "thesis", "report"]
    assert none_first(runs)[:2] == ["none", "email"]
    fields = Counter(row["field"] for row in runs)
    assert fields["none"] + fields["general"] > 2 * fields["email"]
    assert fields["general"] > 200


def test_the_customers_words_are_used(runs: Rows) -> None:
    assert {row["field"] for row in runs} == {*CATEGORIES, "general", "poem"}
    assert {row["maintenance"] for row in runs} == set(INTENSITIES)
    assert {row.get("target_language") for row in runs} == {*LANGUAGES, None}
    assert {row["tone"] for row in runs} == {"formal", "normal", "common"}


def test_people_are_not_as_simple_as_their_group(runs: Rows) -> None:
    strengths = [counts for counts in by_person(runs, "maintenance") if counts.total() >= 5]
    assert median(max(counts.values()) / counts.total() for counts in strengths) <= 0.65
    assert Counter(row["maintenance"] for row in runs).most_common(1)[0][0] == "moderate"


def test_prompts_stand_in_about_19_percent_and_some_are_shared(histories: Rows) -> None:
    prompts: dict[str, set[str]] = defaultdict(set)
    for row in histories:
        if row["user_prompt"] is not None:
            prompts[row["user_prompt"]].add(row["user"])
    assert 0.17 < sum(row["user_prompt"] is not None for row in histories) / len(histories) < 0.22
    assert sum(len(users) >= 5 for users in prompts.values()) >= 10
    assert sum(len(users) == 1 for users in prompts.values()) >= 100


def test_the_first_candidates_are_taken_more(histories: Rows) -> None:
    three = Counter(r["selected_index"] for r in histories if len(r["output_sentences"]) == 3)
    assert three[0] > three[1] > 0
    assert three[0] > 2 * three[2] > 0
    assert three[None] > 0
    assert {len(row["output_sentences"]) for row in histories} == {2, 3}


def test_the_dirt_of_events_is_as_stated(events: Rows) -> None:
    repeated = len(events) - len({row["insert_id"] for row in events})
    late = sum(row["mp_api_timestamp_ms"] - 1_000 * row["time"] > DAY_MS for row in events)
    nobody = [r for r in events if not (r["user_id"] or r["distinct_id"] or r["device_id"])]
    poems = [row for row in events if row.get("field") == "poem"]
    strange = [r for r in events if r["event"] in ("hover_share_button", "ai_detector_run")]
    # A repeated row repeats its dirt, and one line is cut: a few more or less.
    for found, name in ((repeated, "repeated insert_id"), (late, "late"),
                        (len(nobody), "without any user"), (len(poems), "unknown category"),
                        (len(strange), "unknown event")):  # fmt: skip
        assert abs(found - EVENT_DIRT[name]) <= 3, name


def test_devices_log_in_later_and_a_few_are_shared(events: Rows) -> None:
    users: dict[str, set[str]] = defaultdict(set)
    anonymous = set()
    for row in events:
        if row["user_id"]:
            users[row["device_id"]].add(row["user_id"])
        elif row["device_id"] and row["distinct_id"].startswith("$device:"):
            anonymous.add(row["device_id"])
    assert sum(len(users[device]) == 1 for device in anonymous) >= 80
    assert sum(not users[device] for device in anonymous) >= 80
    assert sum(len(found) > 1 for found in users.values()) == 3


def test_the_dirt_of_histories_is_as_stated(histories: Rows) -> None:
    assert sum(row["user"] is None for row in histories) == HISTORY_DIRT["without any user"]
    assert sum(row["field"] == "poem" for row in histories) == HISTORY_DIRT["unknown category"]


def test_the_second_file_ends_in_the_middle_of_a_line() -> None:
    last = (SAMPLE / SECOND).read_bytes().splitlines()[-1]
    with pytest.raises(json.JSONDecodeError):
        json.loads(last)
