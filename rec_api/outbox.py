"""Where the service writes: a record is acknowledged when it is committed to SQLite.

Routes hand units over and await their commit; one thread commits whatever concurrent requests
brought as one group. Where it goes is the sink's matter: the SQLite log store itself
(direct_log.py), or an outbox file that is forwarded to MongoDB (outbox_file.py).
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Final, Literal, NamedTuple, Protocol

from resources.disk import is_full
from resources.log_store import StoreFull, StoreUnavailable
from resources.records import Row

GROUP: Final = 256  # units of one commit
READERS: Final = 4
log = logging.getLogger(__name__)


Verb = Literal["append", "put", "delete"]


class Write(NamedTuple):
    """One change. For `delete` the row is what to look for (equality on fields)."""

    verb: Verb
    collection: str
    row: Row


class Unit(NamedTuple):
    """What a request writes, together. When `head` is there already, nothing of it is written."""

    writes: tuple[Write, ...]
    head: Write | None = None
    new_id: bool = False  # the head's id was made for this request: it cannot be there yet


class RowRefused(ValueError):
    """A row that no store takes; the message says why and quotes no text."""


# The head that was there already, None when the unit was written, or why it was not.
Outcome = Row | None | Exception


class Sink(Protocol):
    """Where units are committed. `commit` has one caller, the others any thread."""

    def commit(self, units: Sequence[Unit]) -> list[Outcome]:
        """Write the units; StoreUnavailable when none of them was acknowledged."""

    def get(self, collection: str, ids: Sequence[str]) -> dict[str, Row]:
        """Rows by id, those accepted but not yet forwarded among them."""

    def backlog(self) -> dict[str, int]:
        """How many writes wait to be forwarded, and how many were set aside as refused."""

    def ping(self) -> None:
        """Return when the store behind it answers; StoreUnavailable when it does not."""


Job = tuple[Unit, asyncio.AbstractEventLoop, "asyncio.Future[Row | None]"]


class Outbox:
    """The routes' way to the records: nothing here blocks the event loop."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="outbox-read")
        self._writer = threading.Thread(target=self._run, name="outbox-write", daemon=True)
        self._writer.start()

    async def accept(self, unit: Unit) -> Row | None:
        """Return None once the unit is committed, or the stored row when its head was there.

        Raises StoreUnavailable when nothing was written, RowRefused for a row no store takes.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Row | None] = loop.create_future()
        self._jobs.put((unit, loop, future))
        return await future

    async def get(self, *wanted: tuple[str, str]) -> list[Row | None]:
        """The rows of these (collection, id), in their order; None for those that are missing."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read, wanted)

    async def backlog(self) -> dict[str, int]:
        """How many writes wait to be forwarded, and how many were set aside."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._sink.backlog)

    async def ping(self) -> None:
        """Return when the log store answers; StoreUnavailable when it does not."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._readers, self._sink.ping)

    async def close(self) -> None:
        """Commit what was handed over, then let go of the threads; the sink is the app's."""
        self._jobs.put(None)
        await asyncio.to_thread(self._writer.join)
        self._readers.shutdown()

    def _read(self, wanted: Sequence[tuple[str, str]]) -> list[Row | None]:
        return [self._sink.get(collection, [key]).get(key) for collection, key in wanted]

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            jobs, ended = [job], False
            while len(jobs) < GROUP and not ended:
                try:
                    more = self._jobs.get_nowait()
                except Empty:
                    break
                ended = more is None
                jobs += [more] if more is not None else []
            self._commit(jobs)
            if ended:
                return

    def _commit(self, jobs: list[Job]) -> None:
        try:
            outcomes = self._sink.commit([unit for unit, _, _ in jobs])
        except Exception as error:  # the thread must outlive whatever a disk can do
            log.error("commit failed", extra={"error": type(error).__name__, "units": len(jobs)})
            kind = StoreFull if is_full(error) else StoreUnavailable
            outcomes = [kind("the commit failed; nothing was written")] * len(jobs)
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Row | None], Outcome]]]
        by_loop = {}
        for (_, loop, future), outcome in zip(jobs, outcomes, strict=True):
            by_loop.setdefault(loop, []).append((future, outcome))
        for loop, settled in by_loop.items():
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(_settle, settled)


def _settle(settled: list[tuple[asyncio.Future[Row | None], Outcome]]) -> None:
    for future, outcome in settled:
        if future.done():  # the caller went away
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
