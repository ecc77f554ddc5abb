"""The profile cache: G, J and the served version in Redis, with document contexts and candidates.

Only `ProfileCache.publish` writes G and J. G is written first, in pipelines; then J, the
population and serving_version change together in one MULTI. Between the two a reader may hold G
of the new day beside J of the old one: both are whole, G says its day, and a cluster_id that the
old J lacks is to be read as none. A reader never sees two halves of J.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final, NamedTuple

import redis
import redis.asyncio
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, WatchError
from redis.retry import Retry

from resources.addresses import without_secrets
from resources.errors import Away, SettingError
from resources.preferences import ServedClusters, ServedProfile
from resources.profile_blobs import (
    MacroContext,
    ServingVersion,
    UnreadableBlob,
    pack_candidates,
    pack_cluster,
    pack_macro,
    pack_profile,
    pack_version,
    unpack_candidates,
    unpack_cluster,
    unpack_macro,
    unpack_profile,
    unpack_version,
)

USER, CLUSTER, MACRO, PARAPHRASE = (
    "user_profile:",
    "cluster_profile:",
    "macro_context:",
    "paraphrase:",
)
POPULATION: Final = CLUSTER + "population"
SERVING: Final = "serving_version"
PIPELINE: Final = 500  # blobs sent at once: about 150 kB
MACRO_SECONDS: Final = 3600
PARAPHRASE_SECONDS: Final = 24 * 3600

# A request must not wait for a cache: one attempt, then it is answered without.
_READ: Final[dict[str, Any]] = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 1.0,
    "retry_on_error": [],
}
_WRITE: Final[dict[str, Any]] = {**_READ, "socket_connect_timeout": 2.0, "socket_timeout": 10.0}


class CacheUnavailable(Away, ConnectionError):
    """The cache does not answer, or holds what this version cannot read; without a password."""


class CacheUnreadable(CacheUnavailable):
    """The cache answers with what this version cannot read."""

    mends_itself = False


class CacheRead(NamedTuple):
    """What one round trip finds for a request; None is what the cache does not hold."""

    profile: ServedProfile | None
    serving: ServingVersion | None
    document: MacroContext | None


class ProfileCache:
    """The cache as the wheel writes it. Every verb raises CacheUnavailable when it is away."""

    def __init__(self, url: str) -> None:
        """`url`: redis://, rediss://, unix://, else SettingError. Connects with the first verb."""
        self._url = url
        self._redis = _client(redis.Redis, url, retry=Retry(NoBackoff(), 0), **_WRITE)

    def served_version(self) -> ServingVersion | None:
        """What is served now; None before the first publication."""
        with _sentence(self._url):
            return _version(self._redis.get(SERVING))

    def publish(
        self,
        profiles: Iterable[tuple[str, ServedProfile]],
        clusters: ServedClusters,
        keep_users: bool = True,
    ) -> bool:
        """Serve these G (by user_id) and J; True when done.

        False, and nothing is written, when a newer day is served. Publishing the same again leaves
        the same bytes. `keep_users`: users that are not among `profiles` keep what they have,
        else they are removed after the change.
        """
        with _sentence(self._url):
            if self._newer_than(clusters.day):
                return False
            written = self._write_users(profiles)
            if not self._switch(clusters):
                return False
            if not keep_users:
                self._remove_users_but(written)
            return True

    def dump(self) -> dict[bytes, bytes]:
        """Every key of G, J and the served version with its bytes; without the timed caches."""
        found: dict[bytes, bytes] = {}
        with _sentence(self._url):
            for pattern in (USER + "*", CLUSTER + "*", SERVING):
                keys = self._redis.scan_iter(match=pattern, count=PIPELINE)
                while part := list(islice(keys, PIPELINE)):
                    values = self._redis.mget(part)
                    found |= {k: v for k, v in zip(part, values, strict=True) if v is not None}
        return found

    def forget_user(self, user_id: str, document_hashes: Iterable[str] = ()) -> None:
        """Remove the user's G, and F of the documents named."""
        with _sentence(self._url):
            self._redis.delete(*_keys_of(user_id, document_hashes))

    def ping(self) -> None:
        """Return when the cache answers."""
        with _sentence(self._url):
            self._redis.ping()

    def close(self) -> None:
        """Let go of the connections."""
        self._redis.close()

    def _newer_than(self, day: str) -> bool:
        served = _version(self._redis.get(SERVING))
        return served is not None and served.day > day

    def _write_users(self, profiles: Iterable[tuple[str, ServedProfile]]) -> set[str]:
        written, remaining = set[str](), iter(profiles)
        while part := list(islice(remaining, PIPELINE)):
            blobs = {USER + user_id: pack_profile(profile) for user_id, profile in part}
            self._redis.mset(blobs)
            written.update(blobs)
        return written

    def _switch(self, clusters: ServedClusters) -> bool:
        """J, the population and the version in one MULTI; stale clusters go in the same one."""
        blobs = {CLUSTER + c.cluster_id: pack_cluster(c) for c in clusters.clusters}
        blobs[POPULATION] = pack_cluster(clusters.population)
        ids = tuple(cluster.cluster_id for cluster in clusters.clusters)
        blobs[SERVING] = pack_version(ServingVersion(clusters.version, clusters.day, ids))
        with self._redis.pipeline(transaction=True) as pipeline:
            while True:
                pipeline.watch(SERVING)  # another publisher may have come first
                if self._newer_than(clusters.day):
                    return False
                held = {key.decode() for key in self._redis.scan_iter(match=CLUSTER + "*")}
                pipeline.multi()
                pipeline.mset(blobs)
                if stale := sorted(held - blobs.keys()):
                    pipeline.delete(*stale)
                try:
                    pipeline.execute()
                except WatchError:
                    continue
                return True

    def _remove_users_but(self, written: set[str]) -> None:
        keys = self._redis.scan_iter(match=USER + "*", count=PIPELINE)
        while part := list(islice(keys, PIPELINE)):
            if gone := [key for key in part if key.decode() not in written]:
                self._redis.delete(*gone)


class AsyncProfileCache:
    """The cache as the service reads it; one attempt a call, CacheUnavailable when it is away."""

    def __init__(self, url: str) -> None:
        """`url`: redis://, rediss://, unix://, else SettingError. Connects with the first verb."""
        self._url = url
        retry = redis.asyncio.retry.Retry(NoBackoff(), 0)
        self._redis = _client(redis.asyncio.Redis, url, retry=retry, **_READ)

    async def read(self, user_id: str, document_hash: str | None) -> CacheRead:
        """G of the user, the served version and F of the document, in one MGET."""
        keys = [USER + user_id, SERVING, *([MACRO + document_hash] if document_hash else [])]
        with _sentence(self._url):
            profile, serving, *document = await self._redis.mget(keys)
            return CacheRead(
                None if profile is None else unpack_profile(profile),
                _version(serving),
                unpack_macro(document[0]) if document and document[0] is not None else None,
            )

    async def clusters(self, version: ServingVersion) -> ServedClusters | None:
        """J of that version, in one MGET; J of a newer one when it was changed meanwhile.

        None when the cache holds no complete J.
        """
        with _sentence(self._url):
            while True:
                keys = [SERVING, POPULATION, *(CLUSTER + i for i in version.cluster_ids)]
                serving, *blobs = await self._redis.mget(keys)
                found = _version(serving)
                if found is None or (found == version and None in blobs):
                    return None
                if found == version:
                    population, *clusters = map(unpack_cluster, blobs)
                    return ServedClusters(found.version, found.day, population, tuple(clusters))
                version = found

    async def get_macro_context(self, document_hash: str) -> MacroContext | None:
        """F of the document; None when it has expired or never was."""
        with _sentence(self._url):
            blob = await self._redis.get(MACRO + document_hash)
            return None if blob is None else unpack_macro(blob)

    async def put_macro_context(self, document_hash: str, context: MacroContext) -> None:
        """Keep F of the document for an hour."""
        with _sentence(self._url):
            blob = pack_macro(context)
            await self._redis.set(MACRO + document_hash, blob, ex=MACRO_SECONDS)

    async def get_candidates(self, text_hash: str) -> list[str] | None:
        """Rewritings made within the last day under this hash; None when there are none."""
        with _sentence(self._url):
            blob = await self._redis.get(PARAPHRASE + text_hash)
            return None if blob is None else unpack_candidates(blob)

    async def put_candidates(self, text_hash: str, candidates: list[str]) -> None:
        """Keep rewritings for a day."""
        with _sentence(self._url):
            blob = pack_candidates(candidates)
            await self._redis.set(PARAPHRASE + text_hash, blob, ex=PARAPHRASE_SECONDS)

    async def forget_user(self, user_id: str, document_hashes: Iterable[str] = ()) -> None:
        """Remove the user's G, and F of the documents named."""
        with _sentence(self._url):
            await self._redis.delete(*_keys_of(user_id, document_hashes))

    async def forget_document(self, document_hash: str) -> None:
        """Remove F of the document."""
        with _sentence(self._url):
            await self._redis.delete(MACRO + document_hash)

    async def ping(self) -> None:
        """Return when the cache answers."""
        with _sentence(self._url):
            await self._redis.ping()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._redis.aclose()


def _version(blob: bytes | None) -> ServingVersion | None:
    return None if blob is None else unpack_version(blob)


def _keys_of(user_id: str, document_hashes: Iterable[str]) -> list[str]:
    return [USER + user_id, *(MACRO + each for each in document_hashes)]


def _client(kind: Any, url: str, **options: Any) -> Any:
    """A client of that kind; SettingError for a URL that it cannot read."""
    try:
        return kind.from_url(url, **options)
    except ValueError:  # its words may repeat a password's piece
        raise SettingError(
            f"REC_REDIS_URL {without_secrets(url)} cannot be used: it must be "
            "redis://:<password>@<host>:<port>/<number>, rediss://… or unix://<path>, special "
            "characters of a password as %XX"
        ) from None


@contextmanager
def _sentence(url: str) -> Iterator[None]:
    try:
        yield
    except UnreadableBlob as error:
        raise CacheUnreadable(
            f"{error}: publish again (materialize serving_profiles) so that it is rewritten"
        ) from error
    except RedisError as error:  # no wider: the rows to publish come from a store that may fail too
        raise CacheUnavailable(
            f"The profile cache at {without_secrets(url)} does not answer "
            f"({type(error).__name__}): check REC_REDIS_URL and that the server runs"
        ) from error
