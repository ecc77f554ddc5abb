from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rec_assets.raw.load import load_file, understand
from rec_assets.raw.summary import LoadSummary
from resources.records import QUARANTINE, RAW, TEXT_FIELDS
from resources.sqlite_log_store import SqliteLogStore
from tests.rec_assets.raw.conftest import history, run, selection

Write = Callable[..., Path]


def rows_of(store: SqliteLogStore, collection: str) -> list[dict[str, Any]]:
    return [row for batch in store.scan(collection) for row in batch]


def test_rows_lie_in_the_store_as_they_came(store: SqliteLogStore, write: Write) -> None:
    rows = [run(), selection(), history()]
    path = write(rows)
    summary = load_file(path, store, "export.jsonl")
    stored = rows_of(store, RAW)
    assert [row["raw"] for row in stored] == rows
    assert [row["position"] for row in stored] == [1, 2, 3]
    assert {row["day"] for row in stored} == {"2025-06-15"}
    assert [row["kind"] for row in stored] == ["event", "event", "correction_history"]
    assert stored[0]["_id"] == f"{summary.content_hash}:0000000001"
    assert set(stored[0]) == {"_id", "source", "position", "kind", "day", "raw"}


def test_the_same_bytes_again_add_nothing_under_any_name(
    store: SqliteLogStore, write: Write
) -> None:
    rows = [run(), run(field="poem", insert_id="i2")]
    first = load_file(write(rows), store, "a.jsonl")
    again = load_file(write(rows, "b.jsonl"), store, "b.jsonl")
    assert (first.stored_new, first.quarantined_new) == (1, 1)
    assert (again.stored_new, again.quarantined_new) == (0, 0)
    assert (again.rows, again.kinds, again.quarantined) == (2, {"event": 1}, first.quarantined)


@pytest.mark.parametrize(
    ("content", "label"),
    [
        (b"not JSON at all\n", "not JSON"),
        (b"", "unreadable file"),
        (gzip.compress(b'{"a":1}\n' * 999, mtime=0)[:-9], "unreadable file"),
        (b'{"event": "run_par', "truncated"),
        (json.dumps(run(user_id=None, distinct_id=None, device_id=None)).encode(), "no user"),
        (json.dumps(run(field="poem")).encode(), "category not ours"),
        (json.dumps({"hello": 1}).encode(), "unknown kind"),
        (json.dumps(run(time=1)).encode(), "absurd time"),
        (json.dumps(run(big=1 << 70)).encode(), "not storable"),
        (json.dumps(run(half="\ud800")).encode(), "not storable"),
        (json.dumps(run(nan=float("nan"))).encode(), "not storable"),
        (json.dumps({**run(), "nul\0key": 1}).encode(), "not storable"),
    ],
)
def test_what_cannot_be_used_lies_in_quarantine_with_its_reason(
    store: SqliteLogStore, write: Write, content: bytes, label: str
) -> None:
    path = write(content, "export.bin")
    summary = load_file(path, store, "export.bin")
    assert label in summary.quarantined
    assert sum(summary.kinds.values()) + sum(summary.quarantined.values()) == summary.rows
    kept = rows_of(store, QUARANTINE)
    assert len(kept) == summary.quarantined_new == sum(summary.quarantined.values())
    assert all(row["reason"].endswith(".") and "raw" in row for row in kept)
    assert store.count(RAW) == 0
    assert understand(path).quarantined == summary.quarantined


def test_poison_costs_only_itself(store: SqliteLogStore, write: Write) -> None:
    rows = [run(), run(big=1 << 70, insert_id="i2"), run(insert_id="i3")]
    summary = load_file(write(rows), store, "a")
    assert [row["position"] for row in rows_of(store, RAW)] == [1, 3]
    (kept,) = rows_of(store, QUARANTINE)
    assert kept["position"] == 2
    assert isinstance(kept["raw"], str)
    assert (summary.kinds, summary.quarantined) == ({"event": 2}, {"not storable": 1})


def test_a_faulty_row_that_is_poison_too_is_kept_as_text(
    store: SqliteLogStore, write: Write
) -> None:
    summary = load_file(write([run(field="poem", big=1 << 70)]), store, "a")
    (kept,) = rows_of(store, QUARANTINE)
    assert kept["reason"].startswith("Its category 'poem'")
    assert isinstance(kept["raw"], str)
    assert (summary.quarantined, summary.quarantined_new) == ({"category not ours": 1}, 1)


def test_unknown_events_are_kept_and_counted_by_name(store: SqliteLogStore, write: Write) -> None:
    rows = [run(event=f"new_{number % 3}", insert_id=str(number)) for number in range(9)]
    summary = load_file(write(rows), store, "a")
    assert summary.unknown_events == {"new_0": 3, "new_1": 3, "new_2": 3}
    assert store.count(RAW) == 9


def test_names_without_end_are_counted_together(store: SqliteLogStore, write: Write) -> None:
    rows = [run(event=f"new_{number}", insert_id=str(number)) for number in range(150)]
    counted = load_file(write(rows), store, "a").unknown_events
    assert counted["(others)"] == 50
    assert sum(counted.values()) == 150


def test_repeated_insert_ids_are_counted_and_kept(store: SqliteLogStore, write: Write) -> None:
    rows = [run(insert_id=str(number % 1_000)) for number in range(2_500)]
    summary = load_file(write(rows), store, "a")
    assert summary.repeated_insert_ids == 1_500
    assert store.count(RAW) == 2_500


def test_understanding_writes_nothing_and_finds_the_same(
    store: SqliteLogStore, write: Write
) -> None:
    path = write([run(), run(field="poem"), history(), run(big=1 << 70)])
    dry = understand(path)
    assert (store.count(RAW), store.count(QUARANTINE)) == (0, 0)
    wet = load_file(path, store, path.name)
    assert dry == LoadSummary(**{**vars(wet), "stored_new": 0, "quarantined_new": 0})


def test_positions_and_an_example_tell_where_to_look(store: SqliteLogStore, write: Write) -> None:
    rows = [run(), *(run(field=f"poem {number}") for number in range(9))]
    summary = load_file(write(rows), store, "a")
    assert summary.quarantined == {"category not ours": 9}
    assert summary.positions == {"category not ours": [2, 3, 4, 5, 6]}
    assert summary.examples["category not ours"].startswith("Its category 'poem 0' is not one of")


def test_a_file_name_that_is_no_unicode_stops_nothing(store: SqliteLogStore, write: Write) -> None:
    assert load_file(write([run()]), store, "export\udce4.jsonl").stored_new == 1


def test_people_write_only_into_the_fields_that_erasure_knows(
    store: SqliteLogStore, write: Write
) -> None:
    load_file(write([history(), history(user=None, _id="h2")]), store, "a")
    for collection in (RAW, QUARANTINE):
        for row in rows_of(store, collection):
            outside = {k: v for k, v in row.items() if k not in TEXT_FIELDS[collection]}
            assert "회의" not in json.dumps(outside, ensure_ascii=False)


def test_memory_does_not_grow_with_the_file(store: SqliteLogStore, write: Write) -> None:
    peaks = []
    for count in (3_000, 15_000):
        rows = [history(_id=f"{count}-{number}") for number in range(count)]
        path = write(rows)
        del rows
        tracemalloc.start()
        load_file(path, store, "a")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + (2 << 20)
