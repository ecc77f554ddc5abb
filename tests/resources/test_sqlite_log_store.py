"""What is SQLite's own: the file, its modes, its readers and writers at once."""

from __future__ import annotations

import sqlite3
import stat
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from resources import sqlite_log_store
from resources.log_store import StoreUnavailable
from resources.records import RAW
from resources.sqlite_log_store import SqliteLogStore

A = "editor_recommend_options"
ROWS = [{"_id": f"{n:06}", "day": "2026-01-01", "text": "x" * 2000} for n in range(3000)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteLogStore]:
    opened = SqliteLogStore(tmp_path / "below" / "log.sqlite")
    yield opened
    opened.close()


def test_the_file_is_for_its_owner_alone(store: SqliteLogStore) -> None:
    store.append(A, ROWS[:1])
    for path in store.path.parent.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_slow_reader_holds_up_no_checkpoint(store: SqliteLogStore) -> None:
    store.append(A, ROWS)
    for chosen in ({}, {"days": ["2026-01-01"]}):
        scan = store.scan(A, batch=10, **chosen)
        next(scan)
        with sqlite3.connect(store.path) as other:
            assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        other.close()
        assert sum(map(len, scan)) == len(ROWS) - 10


@pytest.mark.parametrize("chosen", [{}, {"days": ["2026-01-01"]}], ids=["all", "a day"])
def test_a_scan_holds_one_batch_in_memory(
    store: SqliteLogStore, chosen: dict[str, list[str]]
) -> None:
    store.append(A, ROWS)
    tracemalloc.start()
    try:
        assert sum(map(len, store.scan(A, batch=50, **chosen))) == len(ROWS)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000  # all rows: 6 MB
    finally:
        tracemalloc.stop()


def test_scans_by_day_and_arrival_use_an_index(store: SqliteLogStore) -> None:
    store.append(A, ROWS[:1])
    from resources.sqlite_queries import condition_of

    for chosen in (
        (["d"], [1], None),
        (None, None, {"arrived_on": "d"}),
        (None, None, {"user_id": "u"}),
    ):
        condition, values = condition_of(*chosen)
        with sqlite3.connect(store.path) as other:
            plan = other.execute(f"EXPLAIN QUERY PLAN SELECT _id FROM {A}{condition}", values)
            assert not [step for *_, step in plan if step.startswith("SCAN")]
        other.close()


@pytest.mark.parametrize(
    ("collection", "chosen"), [(A, {"shards": [1]}), (RAW, {"days": ["d"]}), (RAW, {"shards": [1]})]
)
def test_an_index_that_few_scans_need_is_made_by_the_first_of_them(
    store: SqliteLogStore, collection: str, chosen: dict[str, Any]
) -> None:
    from resources.sqlite_queries import condition_of

    row = {"_id": "a", "day": "d", "shard": 1}
    store.append(collection, [row])
    assert list(store.scan(collection, **chosen)) == [[row]]
    condition, values = condition_of(chosen.get("days"), chosen.get("shards"), None)
    with sqlite3.connect(store.path) as other:
        query = f"EXPLAIN QUERY PLAN SELECT _id FROM {collection}{condition}"
        assert not [s for *_, s in other.execute(query, values) if s.startswith("SCAN")]
    other.close()


def test_exports_know_their_days_too(store: SqliteLogStore) -> None:
    store.append(RAW, [{"_id": "a", "day": "2026-01-02"}, {"_id": "b", "day": None}])
    assert store.rows_by_day(RAW) == {"2026-01-02": 1}


def test_an_erased_text_is_gone_from_the_files(store: SqliteLogStore) -> None:
    store.append(A, [{"_id": "a", "user_id": "u", "text": "a very private sentence"}])
    store.delete(A, {"user_id": "u"})
    store.close()
    assert not [f for f in store.path.parent.iterdir() if b"very private" in f.read_bytes()]


def test_to_look_for_what_is_deleted_holds_up_no_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_log_store, "BUSY_SECONDS", 0.1)
    store = SqliteLogStore(tmp_path / "log.sqlite")
    store.append(RAW, [{"_id": "a", "source": "a"}])
    with sqlite3.connect(store.path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert store.delete(RAW, {"source": "b"}) == 0
        with pytest.raises(StoreUnavailable):
            store.delete(RAW, {"source": "a"})
    other.close()
    store.close()


def test_many_rows_are_deleted_in_slices(
    store: SqliteLogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_log_store, "SLICE", 2)
    rows = [{"_id": str(n), "source": "b" if n == 3 else "a"} for n in range(8)]
    store.append(RAW, rows)
    assert store.delete(RAW, {"source": "a"}) == 7
    assert list(store.scan(RAW)) == [[rows[3]]]


def test_a_file_that_is_no_store_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "log.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreUnavailable, match=r"log\.sqlite cannot be used .*check that"):
        SqliteLogStore(tmp_path / "log.sqlite")
    with pytest.raises(StoreUnavailable, match="cannot be used"):
        SqliteLogStore(tmp_path)
