"""The log store in one SQLite file: the embedded default, and the outbox in front of MongoDB."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Final

import orjson

from resources.log_store import (
    BATCH,
    Encoded,
    Poison,
    Refused,
    StoreUnavailable,
    Where,
    Written,
    check_matches,
    check_names,
    encode_row,
    refused,
    row_reader,
    storable,
)
from resources.records import Row
from resources.sqlite_queries import (
    APPEND,
    COLUMNS,
    PUT,
    ROWS_BY_DAY,
    STORED,
    Line,
    condition_of,
    delete_in_slices,
    indexes_for,
    marks,
    pages,
    reads_all,
    table_of,
    write_lines,
)

PAGE_BYTES: Final = 8192  # two rows of A fit: a fifth faster than 4096
BUSY_SECONDS: Final = 30.0  # how long a writer waits for another process's commit
SLICE: Final = 20_000  # rows of one append or put that are held in memory, and committed, at once
IDS_PER_QUERY: Final = 500

PRAGMAS: Final = (
    "synchronous = NORMAL",
    "secure_delete = ON",  # an erased text is gone from the file
    "wal_autocheckpoint = 4000",  # pages: 32 MB
    "journal_size_limit = 67108864",
    "cache_size = -16000",
)


class SqliteLogStore:
    """`LogStore` on the file `path`. Threads and processes may share it.

    A verb is acknowledged when it is committed: it survives kill -9; power loss may cost what the
    disk had not taken. `append` and `put` commit at least every `SLICE` rows, `replace` at once.
    """

    def __init__(self, path: str | Path) -> None:
        """Open or create the file (mode 0600) and its folder."""
        self.path = Path(path)
        self._idle: list[sqlite3.Connection] = []
        self._tables: set[str] = set()
        self._indexes: set[str] = set()  # statements of those that are known to be there
        self._lock = threading.Lock()
        self._closed = False
        with self._sentence():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # A file that is there is left alone: closing a descriptor of it would drop the POSIX
            # locks that this process's other connections hold (SQLite, "How To Corrupt", 2.2).
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with self._connection():
            pass

    def append(self, collection: str, rows: Iterable[Row]) -> Written:
        """Add rows; a row whose `_id` exists stays as it is and does not count as new."""
        return self._write(APPEND, collection, rows)

    def put(self, collection: str, rows: Iterable[Row]) -> Written:
        """Add rows or replace them by `_id`; every row that was not refused counts."""
        return self._write(PUT, collection, rows)

    def replace(self, collection: str, where: Where, rows: Iterable[Row]) -> Written:
        """Afterwards the rows that match `where` are exactly these: one transaction."""
        check_names(collection, where)
        rows = list(rows)
        check_matches(where, rows)
        poisoned = list[Refused]()
        condition, values = condition_of(None, None, where)
        with self._transaction(collection) as connection:
            connection.execute(f"DELETE FROM {collection}{condition}", values)
            write_lines(connection, PUT.format(collection), _lines(rows, poisoned))
        return Written(len(rows) - len(poisoned), poisoned)

    def get(self, collection: str, ids: Sequence[str]) -> dict[str, Row]:
        """The rows with these ids, by id; missing ones are absent."""
        check_names(collection)
        wanted, found = storable(ids), dict[str, bytes]()
        with self._table(collection) as connection:
            for start in range(0, len(wanted), IDS_PER_QUERY):
                part = wanted[start : start + IDS_PER_QUERY]
                query = f"SELECT _id, body FROM {collection} WHERE _id IN ({marks(part)})"
                found.update(connection.execute(query, part).fetchall())
        return {i: orjson.loads(found[i]) for i in wanted if i in found}

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

        The ids are those of the scan's beginning, each row is as it stands when its batch is read;
        between two batches no transaction is open, so that a slow reader holds up no checkpoint.
        """
        check_names(collection, where)
        condition, values = condition_of(days, shards, where)
        read = row_reader(None if fields is None else tuple(fields))
        self._index(collection, indexes_for(collection, days, shards))
        with self._table(collection) as connection:
            for bodies in pages(connection, collection, condition, values, batch):
                yield [read(body) for (body,) in bodies]

    def count(self, collection: str, where: Where | None = None) -> int:
        """How many rows match."""
        check_names(collection, where)
        condition, values = condition_of(None, None, where)
        with self._table(collection) as connection:
            query = f"SELECT count(*) FROM {collection}{condition}"
            return int(connection.execute(query, values).fetchone()[0])

    def rows_by_day(self, collection: str) -> dict[str, int]:
        """How many rows each value of `day` (a string) has, days ascending."""
        check_names(collection)
        self._index(collection, indexes_for(collection, (), None))
        with self._table(collection) as connection:
            return dict(connection.execute(ROWS_BY_DAY.format(collection)))

    def delete(self, collection: str, where: Where) -> int:
        """Remove the rows that match; how many they were. An empty `where` removes all.

        By a field that is no column: `SLICE` rows a commit, a crash in between leaves the others.
        """
        check_names(collection, where)
        condition, values = condition_of(None, None, where)
        if reads_all(where):
            with self._table(collection) as connection:
                return delete_in_slices(connection, collection, condition, values, SLICE)
        with self._transaction(collection) as connection:
            return connection.execute(f"DELETE FROM {collection}{condition}", values).rowcount

    def ping(self) -> None:
        """Return when the file can be read."""
        with self._connection() as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()

    def close(self) -> None:
        """Close every connection; one that a verb is using, when the verb has ended."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _write(self, statement: str, collection: str, rows: Iterable[Row]) -> Written:
        check_names(collection)
        new, poisoned, remaining = 0, list[Refused](), iter(rows)
        while part := list(islice(remaining, SLICE)):
            with self._transaction(collection) as connection:
                lines = _lines(part, poisoned)
                new += write_lines(connection, statement.format(collection), lines)
        return Written(new, poisoned)

    def _index(self, collection: str, indexes: Sequence[str]) -> None:
        """Make these indexes where they are missing."""
        for statement in (index.format(collection) for index in indexes):
            if statement not in self._indexes:
                with self._transaction(collection) as connection:
                    connection.execute(statement)
                self._indexes.add(statement)

    @contextmanager
    def _transaction(self, collection: str) -> Iterator[sqlite3.Connection]:
        """A connection that holds the write lock; committed on the way out, or rolled back."""
        with self._table(collection) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _table(self, collection: str) -> Iterator[sqlite3.Connection]:
        """A connection that can count on the collection's table."""
        with self._connection() as connection:
            if collection not in self._tables:
                connection.executescript(f"BEGIN IMMEDIATE; {table_of(collection)} COMMIT;")
                self._tables.add(collection)
            yield connection

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection for one verb: sqlite3 objects are not for two threads at once."""
        with self._sentence():
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            connection = connection or _connect(self.path)
            try:
                yield connection
            finally:
                self._give_back(connection)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    @contextmanager
    def _sentence(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.OperationalError, sqlite3.DatabaseError, OSError) as error:
            raise StoreUnavailable(
                f"The log store {self.path} cannot be used ({error}): check that the folder is "
                "writable, the disk has room, and no other process holds a long transaction"
            ) from error


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        _enter_wal(connection)
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _enter_wal(connection: sqlite3.Connection) -> None:
    """SQLite does not wait for its turn here (only here) when several processes open a new file."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")  # of a new file; else ignored
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _lines(rows: Iterable[Row], poisoned: list[Refused]) -> Iterator[Line]:
    """The rows as table lines; those that no store takes go into `poisoned`.

    One at a time: a list of lines costs more than the insert (memory, and its garbage collection).
    """
    for row in rows:
        try:
            body = encode_row(row)
        except Poison as poison:
            poisoned.append(refused(row, poison))
            continue
        cells = tuple(map(row.get, COLUMNS))
        if type(row) is not Encoded and not STORED.issuperset(map(type, cells)):
            cells = tuple(cell if type(cell) in STORED else None for cell in cells)
        yield (row["_id"], *cells, body)
