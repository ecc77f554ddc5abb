"""Documents: K (the text), L (snapshots of it) and F (what it says as a whole, in Redis)."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from typing import Any, Final
from weakref import WeakValueDictionary

from rec_api.answers import DocumentAnswer
from rec_api.chains import K, L, common
from rec_api.changes import SNAPSHOT_SHARE, changed_share
from rec_api.outbox import Outbox, Unit, Write
from rec_api.problems import Problem
from rec_api.scoring import maturity_of
from rec_api.served import Known, Served
from rec_api.stale_contexts import StaleContexts
from rec_api.words import SIMULATION
from resources.log_store import StoreUnavailable
from resources.packed_arrays import pack, unpack
from resources.preferences import Floats
from resources.profile_blobs import MacroContext
from resources.profile_cache import AsyncProfileCache, CacheUnavailable
from resources.records import DocumentSnapshot, FullDocument, Row, to_row
from resources.row_keys import day_of, digest_id

READ_CHARACTERS: Final = 20_000  # a document's kind shows in its first ten pages
REBUILDS: Final = 32  # at once; a request beyond is left to a later one
UNKNOWN_SECONDS: Final = 60.0  # for so long a document that is not there is not looked for again
UNKNOWN: Final = 10_000
SNAPSHOT_FIELD: Final = "snapshot_id"  # on K: the L that the next change is measured against
log = logging.getLogger(__name__)


def document_hash(user_id: str, doc_id: str) -> str:
    """`_id` of K, and F's key."""
    return digest_id(user_id, doc_id)


class Documents:
    """Writes K before F, one request at a time for each document.

    An F that the cache, being away, did not take or did not let go is `stale`: not used.
    """

    def __init__(
        self, outbox: Outbox, cache: AsyncProfileCache, served: Served, stale: StaleContexts
    ) -> None:
        self._outbox, self._cache, self._served, self._stale = outbox, cache, served, stale
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._rebuilds: dict[str, asyncio.Task[bool]] = {}
        self._unknown: dict[str, float] = {}

    async def put(
        self, user_id: str, doc_id: str, text: str, created_at: int, origin: str
    ) -> DocumentAnswer:
        """Keep the text; the next /recommend sees it, unless the cache is away."""
        key = document_hash(user_id, doc_id)
        async with self._lock(key):
            held, snapshot = await self._held(key)
            share = 1.0
            if snapshot is not None:  # an empty text is one too
                share = await asyncio.to_thread(changed_share, snapshot, text)
            about = common(user_id, created_at, day_of(created_at), origin)
            row = await self._row(key, doc_id, text, held, about)
            writes = [Write("put", K, row)]
            if keep := snapshot is None or share > SNAPSHOT_SHARE:
                row[SNAPSHOT_FIELD] = digest_id(key, row["text_hash"], str(created_at))
                writes.append(_snapshot(row, doc_id, text, share, about))
            await self._outbox.accept(Unit(tuple(writes)))
            self._unknown.pop(key, None)
            ready = await self._put_context(key, row)
        if origin == SIMULATION and not ready:
            raise Problem(503, "the profile cache does not answer: put the document again")
        return DocumentAnswer(
            doc_id=doc_id,
            length=len(text),
            doc_maturity_score=maturity_of(len(text)),
            changed_share=round(share, 4),
            snapshot=keep,
            ready=ready,
        )

    async def delete(self, user_id: str, doc_id: str) -> None:
        """Remove the text, its snapshots and what is cached of it."""
        key = document_hash(user_id, doc_id)
        async with self._lock(key):
            snapshots = Write("delete", L, {"user_id": user_id, "doc_id": doc_id})
            await self._outbox.accept(Unit((Write("delete", K, {"_id": key}), snapshots)))
            await self._forget_context(key)

    async def look_up(self, user_id: str, key: str) -> Known:
        """What the cache holds for a request of that document, without a stale F."""
        stale = key in self._stale  # before the read: what is read may be as old as that
        known = await self._served.look_up(user_id, key)
        return known._replace(document=None) if stale else known

    def says(self, context: MacroContext | None) -> Floats | None:
        """F's category distribution when the present category vectors made it."""
        prototypes = self._served.prototypes
        if context is None or prototypes is None or context.prototypes != prototypes.version:
            return None
        return context.category

    async def rebuild(self, key: str) -> bool:
        """Make F from K now; False when it could not be, True also when there is no K."""
        return await self._rebuild(key)

    def rebuild_soon(self, key: str) -> None:
        """Make F from K, off the request's path."""
        looked = self._unknown.get(key)
        recently = looked is not None and time.monotonic() - looked < UNKNOWN_SECONDS
        if recently or key in self._rebuilds or len(self._rebuilds) >= REBUILDS:
            return
        task = asyncio.create_task(self._rebuild(key))
        self._rebuilds[key] = task
        task.add_done_callback(lambda _: self._rebuilds.pop(key, None))

    async def close(self) -> None:
        """End what runs in the background."""
        for task in tuple(self._rebuilds.values()):
            task.cancel()
        await asyncio.gather(*self._rebuilds.values(), return_exceptions=True)

    def _lock(self, key: str) -> asyncio.Lock:
        return self._locks.setdefault(key, asyncio.Lock())

    async def _held(self, key: str) -> tuple[Row | None, str | None]:
        """K and the text of its last snapshot: measured against K, small edits never add up.

        Nothing while the store is away: at worst that keeps one snapshot more.
        """
        try:
            (held,) = await self._outbox.get((K, key))
            if held is None or SNAPSHOT_FIELD not in held:
                return held, None
            (snapshot,) = await self._outbox.get((L, held[SNAPSHOT_FIELD]))
        except StoreUnavailable:
            return None, None
        return held, snapshot["text"] if snapshot else None

    async def _row(
        self, key: str, doc_id: str, text: str, held: Row | None, about: dict[str, Any]
    ) -> Row:
        text_hash = hashlib.sha256(text.encode()).hexdigest()
        version = self._served.encoder.version if self._served.encoder else None
        same = held is not None and held["text_hash"] == text_hash
        if held is not None and same and held["encoder_version"] == version:
            packed = held["embedding"]
        else:
            embedding = await self._served.embed(text[:READ_CHARACTERS])
            packed = None if embedding is None else pack(embedding)
        document = FullDocument(
            id=key,
            doc_id=doc_id,
            text=text,
            length=len(text),
            text_hash=text_hash,
            embedding=packed,
            encoder_version=version,
            **about,
        )
        kept = {SNAPSHOT_FIELD: held[SNAPSHOT_FIELD]} if held and SNAPSHOT_FIELD in held else {}
        return to_row(document) | kept

    async def _put_context(self, key: str, row: Row) -> bool:
        packed = row["embedding"]
        embedding = None if packed is None else unpack(packed)
        made_by = self._served.prototypes.version if self._served.prototypes else None
        category = await self._served.category_of(row["text"][:READ_CHARACTERS], embedding)
        context = MacroContext(embedding, row["length"], row["encoder_version"], category, made_by)
        try:
            await self._cache.put_macro_context(key, context)
        except CacheUnavailable:
            log.warning("F not written: the cache is away")
            self._stale.add(key)
            return False
        self._stale.discard(key)
        return True

    async def _forget_context(self, key: str) -> bool:
        try:
            await self._cache.forget_document(key)
        except CacheUnavailable:
            log.warning("F not removed: the cache is away")
            self._stale.add(key)
            return False
        self._stale.discard(key)
        return True

    async def _rebuild(self, key: str) -> bool:
        try:
            async with self._lock(key):
                (row,) = await self._outbox.get((K, key))
                if row is None:
                    if len(self._unknown) >= UNKNOWN:
                        self._unknown.clear()
                    self._unknown[key] = time.monotonic()
                    return key not in self._stale or await self._forget_context(key)
                encoder = self._served.encoder
                if encoder is not None and row["encoder_version"] != encoder.version:
                    embedding = await self._served.embed(row["text"][:READ_CHARACTERS])
                    packed = None if embedding is None else pack(embedding)
                    row = row | {"embedding": packed, "encoder_version": encoder.version}
                return await self._put_context(key, row)
        except StoreUnavailable:
            log.warning("F not rebuilt: the log store is away")
            return False


def _snapshot(row: Row, doc_id: str, text: str, share: float, about: dict[str, Any]) -> Write:
    record = DocumentSnapshot(
        id=row[SNAPSHOT_FIELD],
        doc_id=doc_id,
        text=text,
        length=len(text),
        changed_share=share,
        **about,
    )
    return Write("append", L, to_row(record))
