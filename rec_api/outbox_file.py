"""The sink in front of MongoDB: an SQLite file that a forwarder empties in order, by `_id`.

Rows without people's text stay an hour after they were forwarded, so that a chain goes on and a
repeated request meets its row while the store is away. D has text and leaves at once: the /log of
a paraphrase that was forwarded, a repeat of it and one of that /paraphrase find it in the store
alone, and get 503 until it is back.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import orjson

from rec_api.direct_log import HeadId, find, head_id
from rec_api.outbox import Outcome, RowRefused, Unit, Write
from resources.log_store import LogStore, Poison, StoreUnavailable, encode_row
from resources.records import TEXT_FIELDS, Row

KEPT_SECONDS: Final = 3600.0
WINDOW: Final = 500  # entries that are forwarded at a time
TABLES: Final = """
CREATE TABLE IF NOT EXISTS entries
    (seq INTEGER PRIMARY KEY AUTOINCREMENT, verb TEXT, collection TEXT, id TEXT, body BLOB,
     forwarded_at REAL);
CREATE INDEX IF NOT EXISTS entries_by_id ON entries (collection, id);
CREATE INDEX IF NOT EXISTS entries_waiting ON entries (seq) WHERE forwarded_at IS NULL;
CREATE INDEX IF NOT EXISTS entries_kept ON entries (forwarded_at) WHERE forwarded_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS set_aside
    (seq INTEGER PRIMARY KEY, verb TEXT, collection TEXT, id TEXT, body BLOB, reason TEXT);
"""
INSERT: Final = "INSERT INTO entries (verb, collection, id, body) VALUES (?, ?, ?, ?)"
LATEST: Final = (
    "SELECT verb, body FROM entries WHERE collection = ? AND id = ? ORDER BY seq DESC LIMIT 1"
)
HEAD_OF_QUEUE: Final = (
    "SELECT seq, verb, collection, id, body FROM entries WHERE forwarded_at IS NULL "
    "ORDER BY seq LIMIT ?"
)
Line = tuple[str, str, str, bytes]


class Entry(NamedTuple):
    """A write that waits."""

    seq: int
    verb: str
    collection: str
    id: str
    body: bytes


class OutboxFile:
    """Accepted writes in one file; threads share it, each with its own connection."""

    def __init__(self, path: Path, store: LogStore) -> None:
        self.store_away = False  # the forwarder says so
        self.arrived = threading.Event()  # something to forward
        self._path, self._store = path, store
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._connection().executescript(TABLES)

    def commit(self, units: Sequence[Unit]) -> list[Outcome]:
        """Write the units in one transaction; each one's outcome, in their order."""
        present = self._present(units)
        outcomes, lines = list[Outcome](), list[Line]()
        for unit in units:
            head = head_id(unit)
            if head is not None and head in present:
                outcomes.append(present[head])
                continue
            try:
                lines += _lines(unit)
            except Poison as poison:
                outcomes.append(RowRefused(str(poison)))
                continue
            outcomes.append(None)
            if head is not None and unit.head is not None:
                present[head] = unit.head.row
        with self._connection() as connection:
            connection.executemany(INSERT, lines)
        self.arrived.set()
        return outcomes

    def get(self, collection: str, ids: Sequence[str]) -> dict[str, Row]:
        """Rows by id: what was accepted last, else what the store holds."""
        found, elsewhere = dict[str, Row](), list[str]()
        for key in ids:
            latest = self._connection().execute(LATEST, (collection, key)).fetchone()
            if latest is None:
                elsewhere.append(key)
            elif latest[0] != "delete":
                found[key] = orjson.loads(latest[1])
        if elsewhere and self.store_away:
            raise StoreUnavailable("the log store is away")
        return found | (self._store.get(collection, elsewhere) if elsewhere else {})

    def backlog(self) -> dict[str, int]:
        """Writes that wait, and writes that the store refused."""
        query = "SELECT count(*) FROM entries WHERE forwarded_at IS NULL"
        waiting = self._connection().execute(query).fetchone()[0]
        set_aside = self._connection().execute("SELECT count(*) FROM set_aside").fetchone()[0]
        return {"waiting": int(waiting), "set_aside": int(set_aside)}

    def ping(self) -> None:
        """Return when the store behind the file answers."""
        self._store.ping()

    def close(self) -> None:
        """Close every thread's connection."""
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def window(self) -> list[Entry]:
        """The oldest waiting entries; a deletion comes alone, since its place matters."""
        rows = self._connection().execute(HEAD_OF_QUEUE, (WINDOW,)).fetchall()
        entries = [Entry(*row) for row in rows]
        for k, entry in enumerate(entries):
            if entry.verb == "delete":
                return entries[: max(k, 1)]
        return entries

    def settle(self, entries: Sequence[Entry], refused: dict[int, str]) -> None:
        """Take forwarded entries out of the queue; refused ones (seq → reason) are set aside."""
        now = time.time()
        aside = [(*entry, refused[entry.seq]) for entry in entries if entry.seq in refused]
        kept, gone = list[tuple[float, int]](), [(seq,) for seq in refused]
        for entry in entries:
            if entry.seq in refused:
                continue
            if entry.verb != "append" or entry.collection in TEXT_FIELDS:
                gone.append((entry.seq,))
            else:
                kept.append((now, entry.seq))
        with self._connection() as connection:
            connection.executemany("INSERT OR REPLACE INTO set_aside VALUES (?,?,?,?,?,?)", aside)
            connection.executemany("UPDATE entries SET forwarded_at = ? WHERE seq = ?", kept)
            connection.executemany("DELETE FROM entries WHERE seq = ?", gone)
            connection.execute("DELETE FROM entries WHERE forwarded_at < ?", (now - KEPT_SECONDS,))

    def _present(self, units: Sequence[Unit]) -> dict[HeadId, Row]:
        """Heads that are there already; with the store away, those of the last hour."""
        asked = [head for unit in units if not unit.new_id and (head := head_id(unit)) is not None]
        present = dict[HeadId, Row]()
        for collection, key in asked:
            latest = self._connection().execute(LATEST, (collection, key)).fetchone()
            if latest is not None:
                present[collection, key] = orjson.loads(latest[1])
        older = [head for head in asked if head not in present]
        if older and not self.store_away:
            try:
                present |= find(self._store, older)
            except StoreUnavailable:
                self.store_away = True
        return present

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=30.0, check_same_thread=False)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA secure_delete = ON")  # a forwarded text is gone
            self._local.connection = connection
            with self._lock:
                self._connections.append(connection)
        return connection


def _lines(unit: Unit) -> list[Line]:
    writes = (*unit.writes, unit.head) if unit.head else unit.writes
    return [_line(write) for write in writes]


def _line(write: Write) -> Line:
    key = str(write.row.get("_id", ""))
    body = orjson.dumps(write.row) if write.verb == "delete" else encode_row(write.row)
    return write.verb, write.collection, key, body
