"""The log store on MongoDB: the production adapter. Plain documents, one collection each.

It keeps to the commands that MongoDB and the wire-compatible servers answer alike: inserts,
replacements by `_id`, equality, `$in`, `$gt` on `_id` alone, and one sum by `day`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final

import pymongo
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, OperationFailure, PyMongoError

from resources.addresses import without_secrets
from resources.errors import SettingError
from resources.log_store import (
    BATCH,
    Poison,
    Refused,
    StoreUnavailable,
    Where,
    Written,
    check_matches,
    check_names,
    refused,
    select,
    storable,
)
from resources.mongo_documents import CODEC, from_batch, to_document
from resources.records import Row

DEFAULT_DATABASE: Final = "recwheel"
SLICE: Final = 2000  # documents of one bulk write
ATTEMPTS: Final = 3  # for replacements that meet another writer's insert of the same _id
# Each serves a scan in the order of _id; user_id serves erasure.
INDEXES: Final = (("day", "_id"), ("shard", "_id"), ("arrived_on", "_id"), ("user_id",))
TEST_SERVER: Final = "nx_27017"  # NX-27017 makes an index with `_id` and then fails every insert
DEFAULTS: Final = {
    "serverSelectionTimeoutMS": 3000, "connectTimeoutMS": 3000, "socketTimeoutMS": 60_000,
    "w": "majority", "appname": "recwheel",
}  # fmt: skip
BY_DAY: Final = (  # out of the index alone
    {"$match": {"day": {"$type": "string"}}},
    {"$group": {"_id": "$day", "rows": {"$sum": 1}}},
)
DUPLICATE: Final = 11000
# The document's own fault: bad value, nesting, dollar, dot or empty name, validation, size.
OWN_FAULT: Final = frozenset({2, 15, 52, 56, 57, 121, 10334, 17280})


class MongoLogStore:
    """`LogStore` on the database in the URL's path, else `recwheel`.

    Options in the URL win over `DEFAULTS`; `w=0` is refused: nothing would be acknowledged.
    """

    def __init__(self, url: str) -> None:
        """Connects with the first verb; SettingError for a URL that pymongo cannot read."""
        self._address = without_secrets(url)
        given = {pair.partition("=")[0].lower() for pair in url.partition("?")[2].split("&")}
        if "w=0" in url.partition("?")[2].split("&"):
            raise SettingError("REC_LOG_URL says w=0: writes must be acknowledged, use w=majority")
        options: dict[str, Any] = {k: v for k, v in DEFAULTS.items() if k.lower() not in given}
        try:
            self._client = pymongo.MongoClient[Row](url, **options)
            self._database = self._client.get_default_database(DEFAULT_DATABASE, CODEC)
        except (PyMongoError, ValueError) as error:
            raise SettingError(
                f"REC_LOG_URL {self._address} cannot be used ({type(error).__name__}): it must be "
                "mongodb://<host>:<port>/<database>, special characters of a password as %XX"
            ) from None
        self._indexed: set[str] = set()
        self._lock = threading.Lock()

    def append(self, collection: str, rows: Iterable[Row]) -> Written:
        """Add rows; a row whose `_id` exists stays as it is and does not count as new."""
        new, poisoned = 0, list[Refused]()
        for part in _slices(rows):
            first_wins = dict(reversed(list(_documents(part, poisoned))))
            with self._sentence():
                new += self._insert(self._collection(collection), first_wins, poisoned)
        return Written(new, poisoned)

    def put(self, collection: str, rows: Iterable[Row]) -> Written:
        """Add rows or replace them by `_id`; every row that was not refused counts."""
        return self._put(collection, rows, set())

    def replace(self, collection: str, where: Where, rows: Iterable[Row]) -> Written:
        """Afterwards the rows that match `where` are exactly these.

        New rows are written before old ones go: after a crash in between both are there, nothing
        is lost, and repeating leaves the new ones alone.
        """
        check_names(collection, where)
        rows = list(rows)
        check_matches(where, rows)
        keep = set[str]()
        written = self._put(collection, rows, keep)
        with self._sentence():
            target = self._collection(collection)
            found = (row["_id"] for row in target.find(dict(where), {"_id": 1}))
            stale = [identity for identity in found if identity not in keep]
            for part in _slices(stale):
                target.delete_many({**where, "_id": {"$in": part}})
        return written

    def get(self, collection: str, ids: Sequence[str]) -> dict[str, Row]:
        """The rows with these ids, by id; missing ones are absent."""
        wanted, found = storable(ids), dict[str, Row]()
        with self._sentence():
            target = self._collection(collection)
            for part in _slices(wanted):
                rows = _rows(target.find_raw_batches({"_id": {"$in": part}}, batch_size=BATCH))
                found.update((row["_id"], row) for row in rows)
        return {identity: found[identity] for identity in wanted if identity in found}

    def scan(
        self,
        collection: str,
        *,
        days: Sequence[str] | None = None,
        shards: Sequence[int] | None = None,
        where: Where | None = None,
        fields: Sequence[str] | None = None,
        batch: int = BATCH,
    ) -> Iterator[list[Row]]:
        """Batches in the order of `_id`, in bounded memory; `_id` is always among the fields.

        Each batch is a query of its own above the last `_id`: no cursor that a slow reader loses.
        """
        check_names(collection, where)
        query: dict[str, Any] = dict(where or {})
        parts = [query]
        parts += [{"day": {"$in": list(days)}}] if days is not None else []
        parts += [{"shard": {"$in": list(shards)}}] if shards is not None else []
        wanted = None if fields is None else dict.fromkeys(("_id", *fields), 1)
        last: str | None = None
        while True:
            above = [{"_id": {"$gt": last}}] if last is not None else []
            with self._sentence():
                found = self._page(collection, _all_of([*parts, *above]), wanted, batch)
            if found:
                last = found[-1]["_id"]
                yield [select(row, fields) for row in found]
            if len(found) < batch:
                return

    def count(self, collection: str, where: Where | None = None) -> int:
        """How many rows match."""
        check_names(collection, where)
        with self._sentence():
            return self._collection(collection).count_documents(dict(where or {}))

    def rows_by_day(self, collection: str) -> dict[str, int]:
        """How many rows each value of `day` (a string) has, days ascending."""
        with self._sentence():
            found = list(self._collection(collection).aggregate(list(BY_DAY)))
        return dict(sorted((of["_id"], of["rows"]) for of in found if isinstance(of["_id"], str)))

    def delete(self, collection: str, where: Where) -> int:
        """Remove the rows that match; how many they were. An empty `where` removes all."""
        check_names(collection, where)
        with self._sentence():
            return self._collection(collection).delete_many(dict(where)).deleted_count

    def ping(self) -> None:
        """Return when the server answers."""
        with self._sentence():
            self._client.admin.command("ping")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _collection(self, name: str) -> Collection[Row]:
        """The collection, with its indexes (made once a process, before anything is loaded)."""
        check_names(name)
        target = self._database[name]
        with self._lock:
            if name not in self._indexed:
                server = self._client.admin.command("buildInfo").get("process")
                for fields in INDEXES:
                    held = fields[:1] if server == TEST_SERVER else fields
                    target.create_index([(field, 1) for field in held])
                self._indexed.add(name)
        return target

    def _page(
        self, collection: str, query: Row, wanted: dict[str, int] | None, size: int
    ) -> list[Row]:
        batches = self._collection(collection).find_raw_batches(
            query, wanted, sort=[("_id", 1)], limit=size, batch_size=size
        )
        return list(_rows(batches))

    def _put(self, collection: str, rows: Iterable[Row], taken: set[str]) -> Written:
        """Replace or add; the ids that no one refused go into `taken`."""
        count, poisoned = 0, list[Refused]()
        for part in _slices(rows):
            before = len(poisoned)
            last_wins = dict(_documents(part, poisoned))
            with self._sentence():
                taken |= self._upsert(self._collection(collection), last_wins, poisoned)
            count += len(part) - (len(poisoned) - before)
        return Written(count, poisoned)

    def _insert(
        self, target: Collection[Row], documents: dict[str, Row], poisoned: list[Refused]
    ) -> int:
        if not documents:
            return 0
        try:
            return len(target.insert_many(documents.values(), ordered=False).inserted_ids)
        except BulkWriteError as error:
            self._sort_out(error, list(documents), poisoned)
            return int(error.details["nInserted"])

    def _upsert(
        self, target: Collection[Row], documents: dict[str, Row], poisoned: list[Refused]
    ) -> set[str]:
        """Write the documents; the ids that the server took."""
        already, remaining = len(poisoned), documents
        for _ in range(ATTEMPTS):
            if not remaining:
                break
            operations = [
                pymongo.ReplaceOne({"_id": identity}, document, upsert=True)
                for identity, document in remaining.items()
            ]
            try:
                target.bulk_write(operations, ordered=False)
                break
            except BulkWriteError as error:
                met = self._sort_out(error, list(remaining), poisoned)
                remaining = {identity: remaining[identity] for identity in met}
        else:
            raise StoreUnavailable(f"{self._address}: other writers keep inserting the same ids")
        return documents.keys() - {refusal.id for refusal in poisoned[already:]}

    def _sort_out(
        self, error: BulkWriteError, ids: Sequence[str], poisoned: list[Refused]
    ) -> list[str]:
        """Ids that existed; documents at fault join `poisoned`; anything else is the server's."""
        existed = []
        for failure in error.details["writeErrors"]:
            identity, code = ids[failure["index"]], failure["code"]
            if code == DUPLICATE:
                existed.append(identity)
            elif code in OWN_FAULT:
                poisoned.append(Refused(identity, f"the server refused it with code {code}"))
            else:
                raise error
        if error.details["writeConcernErrors"]:
            raise error
        return existed

    @contextmanager
    def _sentence(self) -> Iterator[None]:
        try:
            yield
        except PyMongoError as error:
            code = f" {error.code}" if isinstance(error, OperationFailure) else ""
            raise StoreUnavailable(
                f"The log store {self._address} does not answer ({type(error).__name__}{code}): "
                "check REC_LOG_URL, the server, and the user's rights"
            ) from None


def _documents(rows: Iterable[Row], poisoned: list[Refused]) -> Iterator[tuple[str, Row]]:
    """Ids with their documents; rows that no store takes go into `poisoned`."""
    for row in rows:
        try:
            document = to_document(row)
        except Poison as poison:
            poisoned.append(refused(row, poison))
        else:
            yield row["_id"], document


def _rows(batches: Iterable[Any]) -> Iterator[Row]:
    """The rows of raw batches, which are bytes (pymongo types them as documents)."""
    for batch in batches:
        yield from from_batch(batch)


def _slices(rows: Iterable[Any]) -> Iterator[list[Any]]:
    remaining = iter(rows)
    while part := list(islice(remaining, SLICE)):
        yield part


def _all_of(conditions: list[Row]) -> Row:
    """The conditions as one query; the same field may be named by several."""
    given = [condition for condition in conditions if condition]
    return {"$and": given} if len(given) > 1 else dict(*given)
