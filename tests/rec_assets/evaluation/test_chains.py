from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rec_assets.evaluation.chains import A, B, C, keep_chains, read_chains, total
from rec_assets.evaluation.criteria import ChainCounts
from resources.sqlite_log_store import SqliteLogStore

DAYS = ("2026-01-05", "2026-01-06")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteLogStore]:
    opened = SqliteLogStore(tmp_path / "log.sqlite")
    for day in DAYS:
        add_chain(opened, f"{day}-1", day)
    yield opened
    opened.close()


def add_chain(store: SqliteLogStore, name: str, day: str, origin: str = "simulation") -> None:
    store.append(A, [{"_id": f"a{name}", "day": day, "origin": origin, "user_id": name}])
    run = {"_id": f"b{name}", "day": day, "source_recommend_event_id": f"a{name}"}
    store.append(B, [{**run, "user_id": name}])
    taken = {"source_paraphrase_event_id": f"b{name}", "accepted": True}
    store.append(C, [{"_id": f"c{name}", "day": day, "user_id": name, **taken}])


def test_the_days_add_up() -> None:
    some, others = ChainCounts(3, 1, 2, 1, 1, 0, 1, 0), ChainCounts(1, 1, 1, 1, 1, 0, 0, 0)
    assert total({"d1": some, "d2": others}) == ChainCounts(4, 2, 3, 2, 2, 0, 1, 0)
    assert total({}) == ChainCounts()


def test_a_day_that_was_counted_is_not_read_again(store: SqliteLogStore) -> None:
    keep_chains(store, read_chains(store))
    before = read_chains(store)
    assert total(before) == ChainCounts(
        recommendations=2, simulated=2, runs=2, selections=2, complete=2
    )
    store.put(
        B, [{"_id": f"b{DAYS[0]}-1", "day": DAYS[0], "source_recommend_event_id": "nobody's"}]
    )
    assert read_chains(store) == before


def test_late_rows_and_erased_ones_are_counted_anew(store: SqliteLogStore) -> None:
    keep_chains(store, read_chains(store))
    add_chain(store, "late", DAYS[0], origin="live")
    assert read_chains(store)[DAYS[0]] == ChainCounts(2, 1, 2, 2, 2)
    keep_chains(store, read_chains(store))
    for collection in (A, B, C):
        store.delete(collection, {"user_id": f"{DAYS[0]}-1"})
    assert read_chains(store)[DAYS[0]] == ChainCounts(1, 0, 1, 1, 1)
    keep_chains(store, read_chains(store))
    assert total(read_chains(store)) == ChainCounts(2, 1, 2, 2, 2)
