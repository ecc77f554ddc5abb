"""Empties the outbox file into the log store: in order, by `_id`, as often as it takes.

Forwarding twice changes nothing, so an entry leaves the queue only after the store took it.
"""

from __future__ import annotations

import fcntl
import logging
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import orjson

from rec_api.direct_log import apply, grouped
from rec_api.outbox import Verb, Write
from rec_api.outbox_file import Entry, OutboxFile
from rec_api.words import LIVE
from resources.log_store import LogStore, StoreUnavailable
from resources.records import COLLECTIONS
from resources.row_keys import day_of

IDLE_SECONDS: Final = 0.5
LONGEST_PAUSE: Final = 5.0
LAST_CALL_SECONDS: Final = 2.0  # how long closing waits for an empty queue
# Texts before the events that point to them, A before B before C: no reader meets an orphan.
ORDER: Final = {COLLECTIONS[letter]: k for k, letter in enumerate("EIKLDABC")}
log = logging.getLogger(__name__)


class Forwarder:
    """A thread that forwards; of several processes on one file, one does."""

    def __init__(self, outbox: OutboxFile, store: LogStore, lock: Path) -> None:
        self._outbox, self._store = outbox, store
        self._lock_path = lock
        self._lock: IO[bytes] | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="outbox-forward", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Forward what can be forwarded at once, then end; the rest waits for the next start."""
        self._closing.set()
        self._outbox.arrived.set()
        self._thread.join()

    def _run(self) -> None:
        pause = 0.1
        while not self._closing.is_set():
            moved = self._step() if self._mine() else self._look()
            pause = min(pause * 2, LONGEST_PAUSE) if self._outbox.store_away else 0.1
            if moved:
                continue
            if self._outbox.store_away:
                self._closing.wait(pause)
            else:
                self._outbox.arrived.wait(IDLE_SECONDS)
                self._outbox.arrived.clear()
        deadline = time.monotonic() + LAST_CALL_SECONDS
        while self._lock and time.monotonic() < deadline and self._step():
            pass
        if self._lock:
            self._lock.close()

    def _step(self) -> int:
        """Forward one window; how many entries left the queue."""
        try:
            entries = self._outbox.window()
            if not entries:
                return self._look()
            self._outbox.settle(entries, forward(self._store, entries))
            self._see(away=False)
            return len(entries)
        except StoreUnavailable:
            self._see(away=True)
        except Exception as error:  # a full disk: the queue stays as it is
            log.error("forwarding failed", extra={"error": type(error).__name__})
            self._see(away=True)
        return 0

    def _look(self) -> int:
        """With nothing to forward, ask a store that was away whether it is back; always 0."""
        if self._outbox.store_away:
            with suppress(StoreUnavailable):
                self._store.ping()
                self._see(away=False)
        return 0

    def _see(self, *, away: bool) -> None:
        if away != self._outbox.store_away:
            log.warning("log store away" if away else "log store is back")
        self._outbox.store_away = away

    def _mine(self) -> bool:
        """Whether this process forwards; the lock falls free when its holder dies."""
        if self._lock is None:
            file = self._lock_path.open("ab")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.close()
                return False
            self._lock = file
        return True


def drain(file: Path, store: LogStore) -> dict[str, int]:
    """Forward all that waits in an outbox file that no service uses; its backlog afterwards.

    StoreUnavailable when the store goes away; the rest then waits on.
    """
    outbox = OutboxFile(file, store)
    try:
        while entries := outbox.window():
            outbox.settle(entries, forward(store, entries))
        return outbox.backlog()
    finally:
        outbox.close()


def forward(store: LogStore, entries: Sequence[Entry]) -> dict[int, str]:
    """Write the entries to the store; seq → reason of those it refused.

    StoreUnavailable when it went away; what was written by then is written again, to no effect.
    """
    ranked = sorted(entries, key=lambda entry: ORDER.get(entry.collection, 0))
    seqs = dict[tuple[str, str], list[int]]()
    for entry in entries:
        seqs.setdefault((entry.collection, entry.id), []).append(entry.seq)
    refused = dict[int, str]()
    today = day_of(int(time.time() * 1000))
    for verb, collection, rows in grouped(_write(entry, today) for entry in ranked):
        try:
            _, bad = apply(store, verb, collection, rows)
            reasons = {entry.id: entry.reason for entry in bad}
        except StoreUnavailable:
            raise
        except Exception:
            reasons = _one_by_one(store, verb, collection, rows)
        for key, reason in reasons.items():
            refused |= dict.fromkeys(seqs.get((collection, key), []), reason)
    for seq, reason in refused.items():
        log.error("row set aside", extra={"seq": seq, "reason": reason})
    return refused


def _write(entry: Entry, today: str) -> Write:
    """The entry's write. A live row arrives when it reaches the store: late rows are found by it.

    A bot's row keeps its own clock's day.
    """
    row = orjson.loads(entry.body)
    if row.get("origin") == LIVE and "arrived_on" in row:
        row["arrived_on"] = max(row["arrived_on"], today)
    return Write(entry.verb, entry.collection, row)  # type: ignore[arg-type]


def _one_by_one(
    store: LogStore, verb: Verb, collection: str, rows: Sequence[dict[str, object]]
) -> dict[str, str]:
    """A group that the store choked on, row by row; why it choked, by `_id`."""
    reasons = dict[str, str]()
    for row in rows:
        try:
            _, bad = apply(store, verb, collection, [row])
            reasons |= {entry.id: entry.reason for entry in bad}
        except StoreUnavailable:
            raise
        except Exception as error:
            reasons[str(row.get("_id", ""))] = type(error).__name__
    return reasons
