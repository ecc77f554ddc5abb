from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from rec_api.direct_log import DirectLog
from rec_api.forwarder import Forwarder
from rec_api.outbox import Outbox, RowRefused, Sink, Unit, Write
from rec_api.outbox_file import OutboxFile
from resources.log_store import StoreUnavailable, Written
from resources.records import Row
from resources.sqlite_log_store import SqliteLogStore

A, D, E, K = (
    "editor_recommend_options",
    "correction_history",
    "context_block",
    "full_document_store",
)


class Flaky(SqliteLogStore):
    """A store that can be away, or choke on a row."""

    away = False
    chokes_on: str | None = None

    def append(self, collection: str, rows: Iterable[Row]) -> Written:
        return super().append(collection, self._checked(rows))

    def put(self, collection: str, rows: Iterable[Row]) -> Written:
        return super().put(collection, self._checked(rows))

    def get(self, collection: str, ids: Sequence[str]) -> dict[str, Row]:
        self._checked([])
        return super().get(collection, ids)

    def ping(self) -> None:
        self._checked([])

    def _checked(self, rows: Iterable[Row]) -> list[Row]:
        if self.away:
            raise StoreUnavailable("away")
        rows = list(rows)
        if any(row["_id"] == self.chokes_on for row in rows):
            raise RuntimeError("a bug of the store")
        return rows


@contextmanager
def forwarding(tmp_path: Path, store: SqliteLogStore) -> Iterator[OutboxFile]:
    file = OutboxFile(tmp_path / "outbox.sqlite", store)
    forwarder = Forwarder(file, store, tmp_path / "outbox.lock")
    yield file
    forwarder.close()
    file.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Flaky]:
    made = Flaky(tmp_path / "store.sqlite")
    yield made
    made.away = False
    made.close()


def until(reached: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def unit(key: str, **fields: Any) -> Unit:
    row = {"_id": key, "n": 1, **fields}
    return Unit((Write("append", E, {"_id": "e" + key}),), Write("append", A, row))


def commit_all(sink: Sink, units: list[Unit]) -> list[Row | None]:
    async def run() -> list[Row | None]:
        outbox = Outbox(sink)
        try:
            return await asyncio.gather(*(outbox.accept(each) for each in units))
        finally:
            await outbox.close()

    return asyncio.run(run())


@pytest.fixture(params=["direct", "file"])
def sink(request: pytest.FixtureRequest, tmp_path: Path, store: Flaky) -> Iterator[Sink]:
    if request.param == "direct":
        yield DirectLog(store)
        return
    file = OutboxFile(tmp_path / "outbox.sqlite", store)
    yield file
    file.close()


def test_what_was_accepted_can_be_read(sink: Sink) -> None:
    assert sink.commit([unit("1"), unit("2")]) == [None, None]
    assert set(sink.get(A, ["1", "2", "3"])) == {"1", "2"}


def test_a_head_that_is_there_comes_back_and_nothing_of_the_unit_is_written(sink: Sink) -> None:
    sink.commit([unit("1")])
    late = Unit((Write("append", E, {"_id": "new"}),), Write("append", A, {"_id": "1", "n": 2}))
    assert sink.commit([late]) == [{"_id": "1", "n": 1}]
    assert sink.get(E, ["new"]) == {}


def test_of_two_equal_heads_in_one_group_the_first_is_kept(sink: Sink) -> None:
    assert sink.commit([unit("1", n=1), unit("1", n=2)]) == [None, {"_id": "1", "n": 1}]


def test_a_poison_row_is_refused_alone(sink: Sink) -> None:
    outcomes = sink.commit([unit("1"), unit("2", n=float("nan")), unit("3")])
    assert isinstance(outcomes[1], RowRefused)
    assert set(sink.get(A, ["1", "2", "3"])) == {"1", "3"}


def test_a_refused_part_keeps_the_head_out(sink: Sink) -> None:
    bad = Unit((Write("put", K, {"_id": "k", "n": 2**63}),), Write("append", A, {"_id": "1"}))
    assert isinstance(sink.commit([bad])[0], RowRefused)
    assert sink.get(A, ["1"]) == {}


def test_a_later_put_wins_and_a_deletion_ends_it(sink: Sink) -> None:
    sink.commit([Unit((Write("put", K, {"_id": "k", "n": 1}),))])
    sink.commit([Unit((Write("put", K, {"_id": "k", "n": 2}),))])
    assert sink.get(K, ["k"]) == {"k": {"_id": "k", "n": 2}}
    sink.commit([Unit((Write("delete", K, {"_id": "k"}),))])
    assert sink.get(K, ["k"]) == {}


def test_many_requests_at_once_are_all_committed(store: Flaky) -> None:
    assert commit_all(DirectLog(store), [unit(str(k)) for k in range(500)]) == [None] * 500
    assert store.count(A) == 500


def test_a_store_that_fails_is_said_and_the_writer_lives_on(store: Flaky) -> None:
    async def run() -> None:
        outbox = Outbox(DirectLog(store))
        store.away = True
        with pytest.raises(StoreUnavailable):
            await outbox.accept(unit("1"))
        store.away = False
        assert await outbox.accept(unit("1")) is None
        await outbox.close()

    asyncio.run(run())


def test_accepted_rows_reach_the_store(tmp_path: Path, store: Flaky) -> None:
    with forwarding(tmp_path, store) as file:
        file.commit([unit(str(k)) for k in range(1200)])
        until(lambda: file.backlog()["waiting"] == 0)
    assert (store.count(A), store.count(E)) == (1200, 1200)


def test_a_store_that_is_away_delays_and_neither_loses_nor_doubles(
    tmp_path: Path, store: Flaky
) -> None:
    with forwarding(tmp_path, store) as file:
        store.away = True
        file.commit([unit("1")])
        until(lambda: file.store_away)
        file.commit([unit("2")])
        assert set(file.get(A, ["1", "2"])) == {"1", "2"}
        store.away = False
        until(lambda: store.count(A) == 2 and not file.store_away)
    assert store.count(E) == 2


def test_a_repeat_meets_its_row_while_the_store_is_away(tmp_path: Path, store: Flaky) -> None:
    with forwarding(tmp_path, store) as file:
        file.commit([unit("1")])
        until(lambda: file.backlog()["waiting"] == 0)
        store.away = True
        assert file.commit([unit("1", n=2)]) == [{"_id": "1", "n": 1}]


def test_a_repeat_of_long_ago_meets_its_row_in_the_store(tmp_path: Path, store: Flaky) -> None:
    store.append(A, [{"_id": "1", "n": 1}])
    with forwarding(tmp_path, store) as file:
        assert file.commit([unit("1", n=2)]) == [{"_id": "1", "n": 1}]
        assert file.backlog()["waiting"] == 0


def test_peoples_text_leaves_the_file_once_forwarded(tmp_path: Path, store: Flaky) -> None:
    with forwarding(tmp_path, store) as file:
        secret = {"_id": "d", "input_sentence": "secret words of a person"}
        file.commit([Unit((Write("put", D, secret),), Write("append", A, {"_id": "1"}))])
        until(lambda: file.backlog()["waiting"] == 0)
    assert b"secret words" not in (tmp_path / "outbox.sqlite").read_bytes()
    assert store.get(D, ["d"]) == {"d": secret}


def test_a_row_the_store_chokes_on_is_set_aside_and_blocks_nothing(
    tmp_path: Path, store: Flaky
) -> None:
    store.chokes_on = "2"
    with forwarding(tmp_path, store) as file:
        file.commit([unit("1"), unit("2"), unit("3")])
        until(lambda: file.backlog() == {"waiting": 0, "set_aside": 1})
    assert set(store.get(A, ["1", "2", "3"])) == {"1", "3"}


def test_puts_and_deletions_keep_their_order(tmp_path: Path, store: Flaky) -> None:
    put = [Write("put", K, {"_id": "k", "n": n}) for n in range(3)]
    gone = Write("delete", K, {"_id": "k"})
    store.away = True
    with forwarding(tmp_path, store) as file:
        for write in (put[0], put[1], gone, put[2], gone, put[0]):
            file.commit([Unit((write,))])
        store.away = False
        until(lambda: file.backlog()["waiting"] == 0)
    assert store.get(K, ["k"]) == {"k": {"_id": "k", "n": 0}}


def test_what_was_left_is_forwarded_at_the_next_start(tmp_path: Path, store: Flaky) -> None:
    store.away = True
    with forwarding(tmp_path, store) as file:
        file.commit([unit("1")])
    store.away = False
    with forwarding(tmp_path, store) as file:
        until(lambda: file.backlog()["waiting"] == 0)
    assert store.count(A) == 1


def test_of_two_processes_on_one_file_one_forwards(tmp_path: Path, store: Flaky) -> None:
    with forwarding(tmp_path, store) as first, forwarding(tmp_path, store) as second:
        for k in range(50):
            first.commit([unit(f"a{k}")])
            second.commit([unit(f"b{k}")])
        until(lambda: store.count(A) == 100)


def test_a_process_that_does_not_forward_sees_the_store_come_back(
    tmp_path: Path, store: Flaky
) -> None:
    with forwarding(tmp_path, store) as first, forwarding(tmp_path, store) as second:
        first.commit([unit("1")])
        until(lambda: first.backlog()["waiting"] == 0)
        store.away = True
        second.commit([unit("2")])
        until(lambda: second.store_away)
        store.away = False
        until(lambda: not second.store_away and not first.store_away)
