from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from rec_assets.raw.activity import (
    CORRECTION_COLUMNS,
    RUN_COLUMNS,
    SELECTION_COLUMNS,
    Activity,
    read_activity,
)
from rec_assets.raw.load import load_file
from resources.records import RAW
from resources.sqlite_log_store import SqliteLogStore
from tests.rec_assets.raw.conftest import history, run, selection

SAMPLE = Path(__file__).parents[3] / "personas_data" / "sample"
START = 1_750_000_000


def activity(*rows: dict[str, Any]) -> Activity:
    return read_activity({"raw": row} for row in rows)


def device_run(device: str, number: int, user: str | None = None) -> dict[str, Any]:
    distinct = user or f"$device:{device}"
    return run(insert_id=f"{device}{number}", device_id=device, user_id=user, distinct_id=distinct)


def test_a_run_a_selection_and_a_correction_become_rows() -> None:
    text = history()["input_sentence"]
    found = activity(run(input_sentence_length=len(text)), selection(time=START + 9), history())
    assert found.persons == 1
    assert found.runs.to_dict("records") == [
        {"person": 0, "time": START, "session": 0, "category": "email", "intensity": "moderate",
         "language": "ko", "tone": "formal", "text_language": "ko", "length": len(text)}
    ]  # fmt: skip
    assert found.selections.to_dict("records") == [
        {"person": 0, "time": START + 9, "category": "email", "intensity": "moderate", "index": 0,
         "total": 3}
    ]  # fmt: skip
    (correction,) = found.corrections.to_dict("records")
    assert (correction["accepted"], correction["index"], correction["total"]) == (True, 1, 2)
    assert (correction["text_language"], correction["edited"]) == ("ko", False)


def test_nothing_gives_empty_tables_with_their_columns() -> None:
    found = activity()
    assert found.persons == 0
    assert tuple(found.runs.columns) == RUN_COLUMNS
    assert tuple(found.selections.columns) == SELECTION_COLUMNS
    assert tuple(found.corrections.columns) == CORRECTION_COLUMNS


def test_a_repeated_insert_id_counts_once() -> None:
    found = activity(run(), run(mp_api_timestamp_ms=1), run(insert_id="i2"), history(), history())
    assert (len(found.runs), len(found.corrections), found.repeated) == (2, 1, 2)


def test_rows_without_an_insert_id_all_count() -> None:
    assert len(activity(run(insert_id=None), run(insert_id=None)).runs) == 2


def test_a_device_that_later_logs_in_is_one_person() -> None:
    found = activity(device_run("d1", 1), device_run("d1", 2, "u1"), history(user="u1"))
    assert found.persons == 1
    assert set(found.runs["person"]) | set(found.corrections["person"]) == {0}


def test_the_login_may_come_first_or_on_another_event() -> None:
    login = run(event="open_sidepanel", insert_id="o", device_id="d1", user_id="u1")
    assert activity(login, device_run("d1", 1), device_run("d2", 1, "u1")).persons == 1


def test_a_device_of_several_accounts_is_not_joined() -> None:
    found = activity(device_run("d1", 1), device_run("d1", 2, "u1"), device_run("d1", 3, "u2"))
    assert (found.persons, found.shared_devices) == (3, 1)


def test_an_account_named_like_a_device_is_somebody_else() -> None:
    assert activity(device_run("x", 1), device_run("y", 2, "x")).persons == 2


def test_a_null_user_id_is_read_from_the_distinct_id() -> None:
    assert activity(run(), run(insert_id="i2", user_id=None)).persons == 1


def test_half_an_hour_without_a_run_ends_a_session() -> None:
    moments = [0, 1_800, 3_601, 3_700]
    found = activity(*(run(time=START + m, insert_id=str(m)) for m in moments))
    assert found.runs["session"].tolist() == [0, 0, 1, 1]


def test_sessions_are_counted_for_each_person() -> None:
    other = run(insert_id="i9", user_id="u2", distinct_id="u2", device_id="d2")
    found = activity(run(), other, run(insert_id="i2", time=START + 9_000))
    assert found.runs[["person", "session"]].to_numpy().tolist() == [[0, 0], [0, 1], [1, 0]]


def test_an_edited_copy_is_marked() -> None:
    given = history()["output_sentences"][0]
    copy = history(_id="h2", created_at=START + 600, input_sentence=f"{given} 꼭.")
    assert activity(history(), copy).corrections["edited"].tolist() == [False, True]


def test_what_is_not_taken_is_not_accepted() -> None:
    (row,) = activity(history(selected_index=None)).corrections.to_dict("records")
    assert not row["accepted"]
    assert pd.isna(row["index"])


@pytest.mark.parametrize("odd", ["x", True, -1, 1.5, float("nan"), float("inf"), [], 10**30])
def test_counts_that_are_none_are_missing(odd: object) -> None:
    assert activity(selection(index=odd)).selections["index"].isna().all()


def test_faulty_and_unused_rows_are_left_out() -> None:
    visit = run(event="tutorial", user_id="u7")
    assert activity(run(field="poem"), visit, {"hello": 1}).persons == 0


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Activity:
    store = SqliteLogStore(tmp_path_factory.mktemp("sample") / "log.sqlite")
    for name in ("events_2025-06_2025-10-07.jsonl.gz", "events_2025-10-08_2025-10-22.jsonl",
                 "correction_history.json.gz"):  # fmt: skip
        load_file(SAMPLE / name, store, name)
    found = read_activity(chain.from_iterable(store.scan(RAW)))
    store.close()
    return found


def test_the_sample_becomes_people(sample: Activity) -> None:
    assert sample.persons == sample.runs["person"].nunique() == sample.runs["person"].max() + 1
    assert 500 <= sample.persons <= 540  # 510 of the generator; a few devices are never logged in
    assert sample.repeated == 120
    assert sample.shared_devices == 3
    assert 8 <= sample.runs.groupby("person").size().median() <= 10


def test_corrections_of_the_sample_tell_the_language_of_runs(sample: Activity) -> None:
    assert sample.runs["text_language"].notna().sum() > 0.98 * len(sample.corrections)


def test_no_id_of_anyone_is_in_the_tables(sample: Activity) -> None:
    for table in (sample.runs, sample.selections, sample.corrections):
        words = table.select_dtypes("object").drop(columns="prompt", errors="ignore")
        assert words.apply(lambda column: column.nunique()).max() <= 7
