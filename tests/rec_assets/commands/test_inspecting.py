"""`recwheel load --dry-run` and `--mapping`, as a person meets them with a strange export."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.rec_assets.command_line import recwheel, recwheel_json
from tests.rec_assets.foreign_export import TRADES, write_foreign_export

MEANT = {
    "fields": {"docKind": "category", "how": "intensity", "what": "event"},
    "values": {"category": {f"Kind/{category}": category for category, _ in TRADES}},
    "events": {"Rewrite!": "editor_run_paraphrasing"},
}


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    """An export in words that nobody told us: fields, values and events."""
    write_foreign_export(tmp_path / "foreign.jsonl")
    text = (tmp_path / "foreign.jsonl").read_text(encoding="utf-8")
    for ours, theirs in (
        ('"eventName"', '"what"'), ('"editor_run_paraphrasing"', '"Rewrite!"'),
        ('"category": "', '"docKind": "Kind/'), ('"intensity"', '"how"'),
    ):  # fmt: skip
        text = text.replace(ours, theirs)
    path = tmp_path / "strange.jsonl"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_dry_run_tells_and_writes_nothing(tmp_path: Path) -> None:
    write_foreign_export(tmp_path / "foreign.jsonl")
    home, path = tmp_path / "home", str(tmp_path / "foreign.jsonl")
    answer = recwheel_json(home, "load", "--dry-run", path)
    assert not home.exists()
    found = answer["files"][path]
    assert found["users"] == answer["mining"]["people"] == 240
    assert found["fields"]["run"]["language"] == {"share": 1.0, "as": ["targetLanguage"]}
    assert answer["mining"]["enough"]
    assert answer["mapping"]["events"] == {"Panel Viewed": ""}


def test_a_dry_run_is_read_by_a_person(tmp_path: Path, strange: Path) -> None:
    done = recwheel(tmp_path / "home", "load", "--dry-run", str(strange))
    assert done.returncode == 0, done.stderr
    assert "Nobody has a run with category, intensity and language" in done.stdout
    assert "not used in unknown: " in done.stdout
    assert "nothing was loaded" in done.stdout


def test_what_was_not_understood_is_mapped_then_mined_and_understood_later_too(
    tmp_path: Path, strange: Path, few: dict[str, str]
) -> None:
    home, mapping = tmp_path / "home", tmp_path / "mapping.json"
    recwheel_json(home, "load", "--dry-run", str(strange), "--suggest", str(mapping))
    suggested = json.loads(mapping.read_text(encoding="utf-8"))
    assert {"docKind", "how", "what"} <= set(suggested["fields"])
    filled = {name: suggested[name] | MEANT[name] for name in MEANT}
    mapping.write_text(json.dumps(filled), encoding="utf-8")
    again = recwheel_json(home, "load", "--dry-run", str(strange), "--mapping", str(mapping))
    assert set(again["mapping"]["values"]["category"]) == {"kind/general"}
    loaded = recwheel_json(home, "load", str(strange), "--mapping", str(mapping), **few)
    mined = loaded["mined"]["personas"]
    assert {(p["preferred_category"], p["preferred_intensity"]) for p in mined} == set(TRADES)
    later = recwheel_json(home, "load", "--dry-run", str(strange))
    assert later["mining"] == again["mining"]


def test_a_mapping_that_cannot_be_used_loads_nothing(tmp_path: Path, strange: Path) -> None:
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"fields": {"docKind": "categorie"}}), encoding="utf-8")
    for words in (["--dry-run"], []):
        done = recwheel(tmp_path / "home", "load", str(strange), "--mapping", str(mapping), *words)
        assert done.returncode == 1
        assert "did you mean 'category'?" in done.stderr.replace("\n", " ")
    assert not (tmp_path / "home").exists()


def test_a_suggestion_is_not_written_over_a_file(tmp_path: Path, strange: Path) -> None:
    kept = tmp_path / "mine.json"
    kept.write_text("{}", encoding="utf-8")
    done = recwheel(tmp_path / "h", "load", "--dry-run", str(strange), "--suggest", str(kept))
    assert done.returncode == 1
    assert "is there already" in done.stderr.replace("\n", " ")
    assert kept.read_text(encoding="utf-8") == "{}"


def test_a_suggestion_is_asked_of_a_dry_run_alone(tmp_path: Path, strange: Path) -> None:
    done = recwheel(tmp_path / "h", "load", str(strange), "--suggest", str(tmp_path / "x.json"))
    assert done.returncode == 2
    assert not (tmp_path / "x.json").exists()
