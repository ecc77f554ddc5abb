"""A state copied between real stores, in both directions, cut off and taken up again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from resources.log_store import LogStore, StoreUnavailable, Written
from resources.records import ALL_COLLECTIONS, Row
from resources.sqlite_log_store import SqliteLogStore
from resources.state_content import COMPARE, COPY, content_of
from resources.state_copy import MARKER, CopyRefused, StatesDiffer, copy_state

A, B = ALL_COLLECTIONS[:2]
AWKWARD: Row = {
    "_id": "ü/가/2026-01-05", "day": "2026-01-05", "shard": 7, "null": None, "true": True,
    "one": 1, "one_point": 1.0, "big": 2**62, "small": 5e-324, "text": "문장 \u2028 \U0001f600",
    "$oid": {"$date": [1, 2.5, {"＄key": ""}]}, "empty": {}, "list": [],
}  # fmt: skip


def rows(count: int, start: int = 0) -> list[Row]:
    return [{"_id": f"r{n:06}", "day": "2026-01-05", "n": n} for n in range(start, start + count)]


def watch(stage: str, collection: str, done: int, total: int) -> None:
    assert stage in (COPY, COMPARE)
    assert collection in ALL_COLLECTIONS
    assert 0 <= done <= total


def all_of(store: LogStore) -> dict[str, list[Row]]:
    return {name: [row for batch in store.scan(name) for row in batch] for name in ALL_COLLECTIONS}


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[SqliteLogStore]:
    """The other side of a copy; `store` is of each kind in turn."""
    opened = SqliteLogStore(tmp_path / "beside.sqlite")
    yield opened
    opened.close()


@pytest.fixture(params=["to", "from"])
def sides(
    request: pytest.FixtureRequest, store: LogStore, beside: SqliteLogStore
) -> tuple[LogStore, LogStore]:
    """Source and target: from SQLite to each kind of store, and back."""
    return (beside, store) if request.param == "to" else (store, beside)


def test_every_collection_arrives_whole(sides: tuple[LogStore, LogStore]) -> None:
    source, target = sides
    for place, name in enumerate(ALL_COLLECTIONS):
        source.append(name, [AWKWARD, *rows(3, place)])
    copied = copy_state(source, target, "here", watch)
    assert all_of(target) == all_of(source)
    assert {name: c.rows for name, c in copied.contents.items()} == dict.fromkeys(
        ALL_COLLECTIONS, 4
    )
    assert copied.changes == (4 * len(ALL_COLLECTIONS), 0, 0)
    assert target.count(MARKER) == source.count(MARKER) == 0


class Torn:
    """A store that goes away in the middle of its n-th append, part of whose rows stand."""

    def __init__(self, store: LogStore, appends: int) -> None:
        self._store, self._left = store, appends

    def append(self, collection: str, rows: Iterable[Row]) -> Written:
        self._left -= 1
        if self._left < 0:
            self._store.append(collection, list(rows)[::2])
            raise StoreUnavailable("the connection broke")
        return self._store.append(collection, rows)

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


@pytest.mark.parametrize("appends", [0, 1, 3])
def test_a_copy_that_was_cut_off_goes_on_where_it_was(
    sides: tuple[LogStore, LogStore], appends: int
) -> None:
    source, target = sides
    source.append(A, rows(2500))
    source.append(B, [AWKWARD])
    source.append(ALL_COLLECTIONS[-1], rows(5))
    with pytest.raises(StoreUnavailable):
        copy_state(source, Torn(target, appends), "here", watch)  # type: ignore[arg-type]
    stood = sum(map(len, all_of(target).values()))
    assert stood > 0
    copied = copy_state(source, target, "here", watch)
    assert copied.resumed
    assert copied.changes == (2506 - stood, 0, 0)
    assert all_of(target) == all_of(source)


def test_what_the_source_changed_since_the_copy_was_cut_off_is_changed_there_too(
    sides: tuple[LogStore, LogStore],
) -> None:
    source, target = sides
    source.append(A, rows(1500))
    with pytest.raises(StoreUnavailable):
        copy_state(source, Torn(target, 1), "here", watch)  # type: ignore[arg-type]
    source.delete(A, {"_id": "r000010"})
    source.delete(A, {"_id": "r001498"})
    source.put(A, [{"_id": "r000020", "n": "other"}])
    copied = copy_state(source, target, "here", watch)
    assert (copied.changes.replaced, copied.changes.removed) == (1, 2)
    assert all_of(target) == all_of(source)


def test_a_target_that_holds_another_state_is_refused_and_left_as_it_is(
    sides: tuple[LogStore, LogStore],
) -> None:
    source, target = sides
    source.append(A, rows(3))
    target.append(A, rows(2))
    with pytest.raises(CopyRefused, match=f"{A} 3 rows here, 2 there.*empty target"):
        copy_state(source, target, "here", watch)
    target.append(A, [{"_id": "r000002", "n": "other"}])
    with pytest.raises(CopyRefused, match="3 rows here, 3 there, other content"):
        copy_state(source, target, "here", watch)
    assert target.count(A) == 3
    assert target.count(MARKER) == 0


def test_a_copy_of_one_source_is_not_gone_on_with_from_another(
    sides: tuple[LogStore, LogStore],
) -> None:
    source, target = sides
    source.append(A, rows(3))
    with pytest.raises(StoreUnavailable):
        copy_state(source, Torn(target, 0), "first", watch)  # type: ignore[arg-type]
    with pytest.raises(CopyRefused, match="unfinished copy of first, this is second"):
        copy_state(source, target, "second", watch)


def test_a_state_that_stands_already_is_equal_and_nothing_is_written(
    sides: tuple[LogStore, LogStore],
) -> None:
    source, target = sides
    for store in sides:
        store.append(A, rows(3))
    copied = copy_state(source, target, "here", watch)
    assert copied.changes == (0, 0, 0)
    assert not copied.resumed


def test_a_source_that_keeps_changing_is_no_equal_copy_until_it_stands_still(
    beside: SqliteLogStore, tmp_path: Path
) -> None:
    beside.append(A, rows(3))
    target = SqliteLogStore(tmp_path / "target.sqlite")
    more = iter(range(100))

    def writes_on(stage: str, collection: str, done: int, total: int) -> None:
        if stage == COMPARE and collection == A:
            beside.append(A, [{"_id": f"behind {next(more)}"}])  # where it was read already

    with pytest.raises(StatesDiffer, match=r"not equal: rows changed while .*repeat the command"):
        copy_state(beside, target, "here", writes_on)
    copied = copy_state(beside, target, "here", watch)
    assert copied.resumed
    assert all_of(target) == all_of(beside)
    target.close()


def test_a_row_written_while_the_copy_ran_is_copied_in_its_second_pass(
    beside: SqliteLogStore, tmp_path: Path
) -> None:
    beside.append(A, rows(3))
    beside.append(B, rows(3))
    target = SqliteLogStore(tmp_path / "target.sqlite")
    late = iter([{"_id": "late"}])

    def writes_once(stage: str, collection: str, done: int, total: int) -> None:
        if collection == B:
            beside.append(A, list(late))

    assert copy_state(beside, target, "here", writes_once).changes == (7, 0, 0)
    assert all_of(target) == all_of(beside)
    target.close()


@pytest.mark.parametrize(
    "other",
    [{"n": 1.5}, {"n": True}, {"n": None}, {"n": "1"}, {"m": 1}, {"n": 1, "m": None}],
)
def test_every_field_and_its_kind_count_in_the_digest(store: LogStore, other: Row) -> None:
    store.append(A, [{"_id": "x", "n": 1}])
    store.append(B, [{"_id": "x", **other}])
    contents = [content_of(store, name, lambda rows: None) for name in (A, B)]
    assert contents[0].rows == contents[1].rows == 1
    assert contents[0].digest != contents[1].digest


def test_a_collection_that_stays_unequal_is_named_with_its_rows(
    beside: SqliteLogStore, tmp_path: Path
) -> None:
    beside.append(A, rows(3))
    target = SqliteLogStore(tmp_path / "target.sqlite")
    more = iter(range(100))

    def writes_there(stage: str, collection: str, done: int, total: int) -> None:
        if stage == COPY:
            target.append(A, [{"_id": f"a stranger {next(more)}"}])

    with pytest.raises(StatesDiffer, match=f"not equal: {A} 3 rows here, 4 there.*end it"):
        copy_state(beside, target, "here", writes_there)
    target.close()
