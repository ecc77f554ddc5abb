from __future__ import annotations

from typing import Any

from rec_assets.raw.inspection import Inspection, inspect_file
from rec_assets.raw.vocabulary import Vocabulary
from tests.rec_assets.raw.conftest import Write, history, run, selection

START = 1_750_000_000


def rows() -> list[dict[str, Any]]:
    return [
        run(), run(insert_id="i2", time=START + 86_400, user_id=None, distinct_id="$device:d1"),
        run(insert_id="i3", field="poem", tone=None, colour="red"),
        selection(), history(), history(_id="h2", created_at="yesterday"),
        {"event": "hover", "distinct_id": "u9", "time": START, "colour": "blue"},
    ]  # fmt: skip


def test_what_an_export_holds_is_told(write: Write) -> None:
    found = inspect_file(write(rows(), "export.jsonl.gz"))
    assert found["format"] == "JSON lines in gzip"
    assert (found["rows"], found["kinds"]) == (7, {"correction_history": 1, "event": 4})
    assert found["users"] == 2  # u1, whose device it is, and u9
    assert (found["from"], found["to"]) == (
        "2025-06-15T15:06:40+00:00", "2025-06-16T15:06:40+00:00",
    )  # fmt: skip
    assert found["unknown_events"] == {"hover": 1}
    assert found["unknown_values"] == {"category": {"poem": 1}}
    assert found["quarantined"]["category not ours"]["positions"] == [3]
    assert found["quarantined"]["absurd time"]["positions"] == [6]


def test_each_field_is_told_with_the_spelling_and_the_share_of_rows_that_have_it(
    write: Write,
) -> None:
    fields = inspect_file(write(rows()))["fields"]
    assert fields["run"]["category"] == {"share": 1.0, "as": ["field"]}
    assert fields["run"]["tone"] == {"share": 0.6667, "as": ["tone"]}
    assert fields["selection"]["index"] == {"share": 1.0, "as": ["index"]}
    assert fields["correction_history"]["prompt"] == {"share": 0.0, "as": []}


def test_fields_that_are_not_used_are_told_and_used_ones_are_not(write: Write) -> None:
    unused = inspect_file(write(rows()))["not_used"]
    assert unused["run"] == {"colour": 1}
    assert unused["other event"] == {"colour": 1}
    assert "field" not in unused["correction_history"]


def test_fields_of_nested_rows_are_found_where_they_lie(write: Write) -> None:
    nested = {"event": "run_paraphrasing", "properties": {**run(), "event": None, "colour": "red"}}
    found = inspect_file(write([nested]))
    assert found["fields"]["run"]["category"] == {"share": 1.0, "as": ["field"]}
    assert found["not_used"] == {"run": {"colour": 1}}


def test_a_mapping_is_seen_at_work(write: Write) -> None:
    theirs = {**run(field=None), "ctx": {"doc": "poem"}}
    mapped = Vocabulary({"ctx.doc": "category"}, {"category": {"poem": "article"}})
    found = inspect_file(write([theirs]), mapped)
    assert found["fields"]["run"]["category"] == {"share": 1.0, "as": ["ctx.doc"]}
    assert (found["not_used"], found["unknown_values"]) == ({}, {})


def test_values_that_may_be_somebodys_text_are_not_repeated(write: Write) -> None:
    found = inspect_file(write([run(field="내일까지 보고서를 보내 드리겠습니다. " * 3)]))
    assert list(found["unknown_values"]["category"]) == ["(a text of 62 characters)"]


def test_people_and_their_runs_are_counted_over_files(write: Write) -> None:
    together = Inspection()
    inspect_file(
        write([run(), run(insert_id="i2", target_language=None)], "one"), together=together
    )
    inspect_file(write([run(insert_id="i3"), run(user_id="u2", distinct_id="u2")], "two"),
                 together=together)  # fmt: skip
    assert together.runs_by_person() == [2, 1]


def test_an_export_with_a_thousand_different_keys_is_told_in_few(write: Write) -> None:
    found = inspect_file(write([run(**{f"key-{n}": 1}) for n in range(1_000)]))
    assert len(found["not_used"]["run"]) == 20
    assert found["not_used"]["run"]["(others)"] == 800


def test_what_is_no_export_is_told_too(write: Write) -> None:
    assert inspect_file(write(b"\x00\x01PNG"))["format"] == "unreadable"
    found = inspect_file(write([{"hello": 1}]))
    assert (found["users"], found["from"], found["not_used"]) == (
        0,
        None,
        {"unknown": {"hello": 1}},
    )
