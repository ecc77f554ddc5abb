"""What is MongoDB's own: options, indexes, guarded keys, servers that are away or refuse a row."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from resources.log_store import StoreUnavailable
from resources.mongo_log_store import MongoLogStore
from resources.records import Row

A = "editor_recommend_options"


@pytest.fixture
def store(wire_url: str) -> Iterator[MongoLogStore]:
    opened = MongoLogStore(f"{wire_url}/recwheel_test_{uuid.uuid4().hex[:12]}")
    yield opened
    opened.close()


def test_a_server_that_is_away_is_a_sentence_without_a_password() -> None:
    store = MongoLogStore("mongodb://user:secret@127.0.0.1:1/db?serverSelectionTimeoutMS=200")
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:1/db does not answer") as caught:
        store.append(A, [{"_id": "a"}])
    assert "secret" not in str(caught.value)
    store.close()


@pytest.mark.parametrize("url", ["mongodb://u:secret@host:port/db", "mongodb://host/db?w=0"])
def test_a_url_that_cannot_be_used_is_a_sentence_without_a_password(url: str) -> None:
    with pytest.raises(ValueError, match="REC_LOG_URL") as caught:
        MongoLogStore(url)
    assert "secret" not in str(caught.value)


def test_people_see_plain_documents_with_dollar_keys_guarded(store: MongoLogStore) -> None:
    store.append(A, [{"_id": "a", "n": 1, "raw": {"$oid": "x", "a.b": 2}}])
    held = store._database[A].find_one({"_id": "a"})
    assert held == {"_id": "a", "n": 1, "raw": {"＄$oid": "x", "a.b": 2}}


def test_what_scans_look_for_is_indexed(store: MongoLogStore) -> None:
    store.append(A, [{"_id": "a"}])
    indexed = {next(iter(index["key"])) for index in store._database[A].list_indexes()}
    assert indexed >= {"day", "shard", "user_id", "arrived_on"}


def failing(code: int, times: int) -> tuple[object, list[int]]:
    """A bulk_write whose first operation fails so many times before it is done."""
    calls, real = list[int](), Collection.bulk_write

    def bulk_write(self: Collection[Row], operations: list[object], **options: object) -> object:
        calls.append(len(operations))
        if len(calls) > times:
            return real(self, operations, **options)
        real(self, operations[1:], **options) if operations[1:] else None
        failure = {"index": 0, "code": code, "errmsg": "a private text"}
        raise BulkWriteError({"writeErrors": [failure], "writeConcernErrors": []})

    return bulk_write, calls


def test_a_replacement_that_met_another_writers_insert_is_tried_again(
    store: MongoLogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    bulk_write, calls = failing(11000, times=1)
    monkeypatch.setattr(Collection, "bulk_write", bulk_write)
    assert store.put(A, [{"_id": "a"}, {"_id": "b"}]) == (2, [])
    assert calls == [2, 1]
    assert store.count(A) == 2


def test_a_row_that_only_the_server_refuses_is_refused_alone(
    store: MongoLogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Collection, "bulk_write", failing(121, times=1)[0])
    written = store.put(A, [{"_id": "a"}, {"_id": "b"}])
    assert written == (1, [("a", "the server refused it with code 121")])


def test_any_other_failure_is_the_servers_and_repeating_is_safe(
    store: MongoLogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Collection, "bulk_write", failing(91, times=1)[0])
    with pytest.raises(StoreUnavailable, match="does not answer") as caught:
        store.put(A, [{"_id": "a"}, {"_id": "b"}])
    assert "private" not in str(caught.value)
    assert store.put(A, [{"_id": "a"}, {"_id": "b"}]).new == 2
    assert store.count(A) == 2
