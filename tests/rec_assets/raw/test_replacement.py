from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from rec_assets.raw import raw_files
from rec_assets.raw.load import FileChanged
from rec_assets.raw.replacement import Replaced, load_in_place, one_at_a_time
from resources.log_store import LogStore, Where, open_log_store
from resources.records import QUARANTINE, RAW
from resources.sqlite_log_store import SqliteLogStore
from tests.rec_assets.raw.conftest import run

Write = Callable[..., Path]
MANY = 6_000  # rows: more than are written at once


def event(number: int, **fields: Any) -> dict[str, Any]:
    return run(insert_id=f"i{number}", **fields)


def bad(number: int) -> dict[str, Any]:
    return event(number, field="poem")


def load(store: LogStore, path: Path) -> Replaced:
    return load_in_place(path, store, path.name)


def insert_ids(store: LogStore, collection: str = RAW) -> list[str]:
    rows = chain.from_iterable(store.scan(collection))
    return sorted(row["raw"]["insert_id"] for row in rows)


def test_a_changed_file_is_in_place_of_what_it_brought(store: SqliteLogStore, write: Write) -> None:
    first = load(store, write([event(1), event(2), bad(3)]))
    second = load(store, write([event(2), event(4), bad(5)]))
    assert (first.removed, second.removed) == (0, 2)
    assert insert_ids(store) == ["i2", "i4"]
    assert insert_ids(store, QUARANTINE) == ["i5"]


def test_a_former_content_that_comes_back_is_loaded_again(
    store: SqliteLogStore, write: Write
) -> None:
    for number in (1, 2, 1, 2):
        load(store, write([event(number)]))
        assert insert_ids(store) == [f"i{number}"]


def test_other_files_keep_their_rows(store: SqliteLogStore, write: Write) -> None:
    load(store, write([event(1), bad(2)], "other.jsonl"))
    load(store, write([event(3)]))
    load(store, write([event(4)]))
    assert insert_ids(store) == ["i1", "i4"]
    assert insert_ids(store, QUARANTINE) == ["i2"]


def test_one_content_under_two_names_is_there_once_and_stays_until_both_have_changed(
    store: SqliteLogStore, write: Write
) -> None:
    same = [event(1), bad(2)]
    load(store, write(same, "a.jsonl"))
    second = load(store, write(same, "b.jsonl"))
    assert (second.summary.stored_new, second.same_content_as) == (0, ["a.jsonl"])
    assert load(store, write([event(3)], "a.jsonl")).removed == 0
    assert (insert_ids(store), insert_ids(store, QUARANTINE)) == (["i1", "i3"], ["i2"])
    assert load(store, write([event(4)], "b.jsonl")).removed == 1
    assert (insert_ids(store), insert_ids(store, QUARANTINE)) == (["i3", "i4"], [])


def test_what_a_file_brought_is_told_of_it(store: SqliteLogStore, write: Write) -> None:
    done = load(store, write([event(1), bad(2), bad(3)]))
    (told,) = raw_files.read_all(store)
    assert (told.name, told.content_hash) == ("export.jsonl", done.summary.content_hash)
    assert (told.complete, told.former, told.rows, told.quarantined) == (True, [], 1, 2)


class Killed(Exception):
    pass


class Dying:
    """A store whose process ends before the so-manieth verb that writes."""

    def __init__(self, store: LogStore, verbs: int) -> None:
        self._store, self._left = store, verbs

    def __getattr__(self, name: str) -> Any:
        if name in ("append", "put", "delete"):
            self._left -= 1
            if self._left < 0:
                raise Killed(name)
        return getattr(self._store, name)


@pytest.mark.parametrize("verbs", range(6))
def test_a_kill_anywhere_is_mended_by_the_next_load_of_whatever_lies_there_then(
    store: SqliteLogStore, write: Write, verbs: int
) -> None:
    load(store, write([event(1), bad(2)]))
    with pytest.raises(Killed):
        load(Dying(store, verbs), write([event(3), bad(4)]))  # type: ignore[arg-type]
    load(store, write([event(5)]))
    assert (insert_ids(store), insert_ids(store, QUARANTINE)) == (["i5"], [])
    assert [file.former for file in raw_files.read_all(store)] == [[]]


@pytest.mark.parametrize(("verbs", "stay"), [(1, []), (2, ["export.jsonl"])])
def test_a_first_load_that_was_killed_is_none_that_was_loaded_and_leaves_what_it_stored(
    store: SqliteLogStore, write: Write, verbs: int, stay: list[str]
) -> None:
    path = write([event(1)])
    with pytest.raises(Killed):
        load(Dying(store, verbs), path)  # type: ignore[arg-type]
    path.unlink()
    assert raw_files.loaded(store) == 0
    assert raw_files.removed(store, path.parent) == stay == ["export.jsonl"] * store.count(RAW)


def test_a_removed_file_whose_change_was_never_stored_left_its_former_rows(
    store: SqliteLogStore, write: Write
) -> None:
    load(store, write([bad(1)]))
    assert raw_files.loaded(store) == 1
    path = write([event(2)])
    with pytest.raises(Killed):
        load(Dying(store, 1), path)  # type: ignore[arg-type]
    path.unlink()
    assert raw_files.loaded(store) == 0
    assert raw_files.removed(store, path.parent) == ["export.jsonl"]


def test_a_removed_file_whose_first_load_was_taken_back_is_not_told_of(
    store: SqliteLogStore, write: Write
) -> None:
    path = write([event(number) for number in range(MANY)])
    half = path.read_bytes()[: path.stat().st_size // 2]
    with pytest.raises(FileChanged):
        load_in_place(path, store, path.name, told=lambda rows: _overwrite(path, half))
    path.unlink()
    assert raw_files.loaded(store) == 0
    assert raw_files.removed(store, path.parent) == []


def test_new_rows_are_there_before_the_former_ones_go(store: SqliteLogStore, write: Write) -> None:
    seen: list[int] = []

    class Watching(Dying):
        def delete(self, collection: str, where: Where) -> int:
            seen.append(self._store.count(RAW))
            return self._store.delete(collection, where)

    load(store, write([event(1)]))
    load(Watching(store, 99), write([event(2)]))  # type: ignore[arg-type]
    assert seen == [2, 2]


def test_of_a_file_that_is_written_into_meanwhile_no_row_stays(
    store: SqliteLogStore, write: Write
) -> None:
    load(store, write([event(1), bad(2)]))
    path = write([event(number) for number in range(10, 10 + MANY)])
    half = path.read_bytes()[: path.stat().st_size // 2]
    with pytest.raises(FileChanged, match=r"export\.jsonl was written into while it was read"):
        load_in_place(path, store, path.name, told=lambda rows: _overwrite(path, half))
    assert (insert_ids(store), insert_ids(store, QUARANTINE)) == (["i1"], ["i2"])
    load(store, path)
    assert (store.count(RAW), store.count(QUARANTINE)) == (half.count(b"\n"), 1)
    assert "i1" not in insert_ids(store)


def test_a_file_of_the_same_content_is_then_to_be_loaded_again(
    store: SqliteLogStore, write: Write
) -> None:
    rows = [event(number) for number in range(MANY)]
    load(store, write(rows, "a.jsonl"))
    path = write(rows, "b.jsonl")
    longer = path.read_bytes() + write([event(MANY)], "c").read_bytes()
    with pytest.raises(FileChanged):
        load_in_place(path, store, path.name, told=lambda _: _overwrite(path, longer))
    told = raw_files.read(store, "a.jsonl")
    assert told is not None
    assert (store.count(RAW), replace(told, source="")) == (0, _nothing("a.jsonl"))
    load(store, write(rows, "a.jsonl"))
    assert store.count(RAW) == MANY


def test_loads_go_one_at_a_time(tmp_path: Path) -> None:
    inside: list[int] = []

    def work(number: int) -> None:
        with one_at_a_time(tmp_path):
            inside.append(number)
            assert len(inside) == 1
            threading.Event().wait(0.01)
            inside.remove(number)

    failed: list[object] = []
    threading.excepthook, former = (lambda args: failed.append(args)), threading.excepthook
    threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    threading.excepthook = former
    assert failed == []


def test_mongodb_replaces_alike(wire_url: str, write: Write) -> None:
    on_mongo = open_log_store(f"{wire_url}/replacement")
    load(on_mongo, write([event(1), bad(2)]))
    load(on_mongo, write([event(1), bad(2)], "same.jsonl"))
    load(on_mongo, write([event(3)]))
    assert (insert_ids(on_mongo), insert_ids(on_mongo, QUARANTINE)) == (["i1", "i3"], ["i2"])
    load(on_mongo, write([event(4)], "same.jsonl"))
    assert (insert_ids(on_mongo), insert_ids(on_mongo, QUARANTINE)) == (["i3", "i4"], [])
    on_mongo.close()


def _overwrite(path: Path, content: bytes) -> None:
    with path.open("r+b") as file:
        file.write(content)
        file.truncate()


def _nothing(name: str) -> raw_files.RawFile:
    return raw_files.RawFile(name=name, content_hash=None, source="", rows=MANY, taken_back=1)
