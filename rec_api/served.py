"""What a request is scored with: the user's G, the served J, the document's F, the encoder."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rec_api.prototype_rows import load_prototypes
from rec_api.prototypes import Prototypes, category_distribution
from rec_api.scoring import VERSION
from resources.encoder import Encoder
from resources.log_store import LogStore, StoreUnavailable
from resources.preferences import Floats, ServedClusters, ServedProfile
from resources.profile_blobs import MacroContext, ServingVersion
from resources.profile_cache import AsyncProfileCache, CacheUnavailable

# A static encoder takes 0.4 ms for so many characters: handing it to a thread would cost as much.
INLINE_LENGTH: Final = 1_000
LOOK_SECONDS: Final = 5.0  # between two looks for prototypes that were not made yet
# A cache that takes long to be found away is left alone for a while: no request waits for it.
SLOW_SECONDS: Final = 0.1
PAUSE_SECONDS: Final = 1.0
Embedding = NDArray[np.float32]
log = logging.getLogger(__name__)


class Known(NamedTuple):
    """What the cache holds for a request. `away`: the cache does not answer."""

    profile: ServedProfile | None
    document: MacroContext | None
    clusters: ServedClusters | None
    away: bool


class Served:
    """Holds encoder, prototypes and J in memory; J and prototypes follow the served version."""

    def __init__(self, store: LogStore, cache: AsyncProfileCache, encoder: Encoder | None) -> None:
        self.encoder = encoder
        self.prototypes: Prototypes | None = None
        self.clusters: ServedClusters | None = None
        self._store, self._cache = store, cache
        self._serving: ServingVersion | None = None
        self._refreshing = asyncio.Lock()
        self._next_look = 0.0
        self._cache_again = 0.0

    def versions(self) -> dict[str, str]:
        """What an answer was made with."""
        return {
            "encoder": self.encoder.version if self.encoder else "none",
            "prototypes": self.prototypes.version if self.prototypes else "none",
            "serving": self.clusters.version if self.clusters else "none",
            "scoring": VERSION,
        }

    async def look_up(self, user_id: str, document_hash: str | None) -> Known:
        """One round trip; two when another version is served than the one in memory."""
        if self.prototypes is None and self.encoder and time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + LOOK_SECONDS
            await self.load_prototypes()
        if time.monotonic() < self._cache_again:
            return Known(None, None, self.clusters, away=True)
        started = time.monotonic()
        try:
            read = await self._cache.read(user_id, document_hash)
            if read.serving != self._serving:
                await self._follow(read.serving)
        except CacheUnavailable:
            if time.monotonic() - started > SLOW_SECONDS:
                self._cache_again = time.monotonic() + PAUSE_SECONDS
            return Known(None, None, self.clusters, away=True)
        return Known(read.profile, read.document, self.clusters, away=False)

    async def load_prototypes(self) -> None:
        """Take the category vectors from the log store; those in memory stay when it is away."""
        if self.encoder is None:
            return
        try:
            self.prototypes = await asyncio.to_thread(
                load_prototypes, self._store, self.encoder.version
            )
        except StoreUnavailable:
            log.warning("prototypes not read: the log store is away")

    async def embed(self, text: str) -> Embedding | None:
        """The text's unit vector; None without an encoder. A slow encoder runs in a thread."""
        encoder = self.encoder
        if encoder is None:
            return None
        if len(text) <= INLINE_LENGTH and encoder.version.startswith("static@"):
            vectors = encoder.encode([text])
        else:
            vectors = await asyncio.to_thread(encoder.encode, [text])
        vector: Embedding = vectors[0]
        return vector

    async def category_of(self, text: str, embedding: Embedding | None) -> Floats | None:
        """The category distribution, (7,); None without an embedding or prototypes."""
        if embedding is None or self.prototypes is None:
            return None
        if len(text) <= INLINE_LENGTH:
            return category_distribution(text, embedding, self.prototypes)
        return await asyncio.to_thread(category_distribution, text, embedding, self.prototypes)

    async def _follow(self, serving: ServingVersion | None) -> None:
        async with self._refreshing:
            if serving == self._serving:
                return
            clusters = await self._cache.clusters(serving) if serving else None
            await self.load_prototypes()
            self.clusters, self._serving = clusters, serving
            log.info("serving", extra={"versions": self.versions()})
