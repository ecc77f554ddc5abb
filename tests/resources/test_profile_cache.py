"""G and J in a real Redis: what publishing changes, what readers see, and when it is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
import redis

from resources.preferences import Cluster, Evidence, Preferences, ServedClusters, ServedProfile
from resources.profile_blobs import (
    MacroContext,
    ServingVersion,
    UnreadableBlob,
    pack_cluster,
    pack_profile,
    unpack_cluster,
    unpack_profile,
)
from resources.profile_cache import AsyncProfileCache, CacheRead, CacheUnavailable, ProfileCache

SHAPES = ((7,), (3,), (4,), (4,), (7, 3), (4, 4))


def profile(seed: int = 0, day: str = "2026-01-02") -> ServedProfile:
    draw = np.random.default_rng(seed)
    evidence = Evidence(draw.random((7, 3)), draw.random((4, 4)), float(draw.random()))
    return ServedProfile(evidence, day, "c1", 0.5, 7)


def cluster(cluster_id: str, seed: int = 0) -> Cluster:
    draw = np.random.default_rng(seed)
    return Cluster(cluster_id, Preferences(*map(draw.random, SHAPES)), draw.random(14), 12)


def clusters(day: str, *ids: str) -> ServedClusters:
    return ServedClusters(f"{day}-v", day, cluster("population"), tuple(map(cluster, ids)))


@pytest.fixture
def cache(redis_url: str) -> Iterator[ProfileCache]:
    client = redis.Redis.from_url(redis_url)
    client.flushall()
    client.close()
    opened = ProfileCache(redis_url)
    yield opened
    opened.close()


def read(url: str, what: Callable[[AsyncProfileCache], Awaitable[object]]) -> object:
    async def inside() -> object:
        opened = AsyncProfileCache(url)
        try:
            return await what(opened)
        finally:
            await opened.close()

    return asyncio.run(inside())


def test_a_profile_comes_back_as_float64_of_its_float32() -> None:
    given = profile(3)
    found = unpack_profile(pack_profile(given))
    np.testing.assert_array_equal(found.evidence.ci, given.evidence.ci.astype("f4").astype("f8"))
    np.testing.assert_array_equal(found.evidence.ltl, given.evidence.ltl.astype("f4").astype("f8"))
    assert found.evidence.n == float(np.float32(given.evidence.n))
    assert replace(found, evidence=given.evidence) == given
    assert pack_profile(found) == pack_profile(given)


def test_a_clusters_distributions_sum_to_one_though_they_lie_as_float32() -> None:
    found = unpack_cluster(pack_cluster(cluster("c3", 5))).preferences
    for name in Preferences.__slots__:
        np.testing.assert_allclose(getattr(found, name).sum(-1), 1.0, atol=1e-15)


def test_a_cluster_comes_back_block_by_block() -> None:
    given = cluster("c3", 5)
    found = unpack_cluster(pack_cluster(given))
    for name in Preferences.__slots__:
        block = getattr(given.preferences, name).astype("f4").astype("f8")
        np.testing.assert_array_equal(
            getattr(found.preferences, name), block / block.sum(-1, keepdims=True)
        )
    np.testing.assert_array_equal(found.centroid, given.centroid.astype("f4"))
    assert (found.cluster_id, found.user_count) == ("c3", 12)


@pytest.mark.parametrize("blob", [b"", b"\xc0", b"text", pack_cluster(cluster("c1"))])
def test_a_foreign_blob_is_an_error_and_not_a_profile(blob: bytes) -> None:
    with pytest.raises(UnreadableBlob):
        unpack_profile(blob)


def test_arrays_of_another_shape_are_not_packed() -> None:
    with pytest.raises(ValueError, match="the cache holds"):
        pack_cluster(replace(cluster("c1"), centroid=np.zeros(13)))


def test_the_keys_are_the_customers(cache: ProfileCache) -> None:
    cache.publish([("u1", profile())], clusters("2026-01-02", "c1", "c2"))
    assert sorted(cache.dump()) == [
        b"cluster_profile:c1",
        b"cluster_profile:c2",
        b"cluster_profile:population",
        b"serving_version",
        b"user_profile:u1",
    ]


def test_publishing_the_same_again_leaves_the_same_bytes(cache: ProfileCache) -> None:
    users = [(f"u{n}", profile(n)) for n in range(1200)]
    assert cache.publish(users, clusters("2026-01-02", "c1"))
    before = cache.dump()
    assert len(before) == 1203
    assert cache.publish(iter(users), clusters("2026-01-02", "c1"))
    assert cache.dump() == before


def test_an_older_day_changes_no_byte(cache: ProfileCache) -> None:
    cache.publish([("u1", profile())], clusters("2026-01-02", "c1"))
    before = cache.dump()
    assert not cache.publish([("u2", profile(1))], clusters("2026-01-01", "c9"))
    assert cache.dump() == before


def test_clusters_that_are_no_more_go_with_the_change(cache: ProfileCache) -> None:
    cache.publish([], clusters("2026-01-02", "c1", "c2"))
    cache.publish([], clusters("2026-01-03", "c2", "c3"))
    assert cache.served_version() == ("2026-01-03-v", "2026-01-03", ("c2", "c3"))
    assert b"cluster_profile:c1" not in cache.dump()


def test_users_that_are_not_published_stay_unless_asked(cache: ProfileCache) -> None:
    cache.publish([("u1", profile()), ("u2", profile())], clusters("2026-01-02"))
    cache.publish([("u2", profile(1))], clusters("2026-01-02"))
    assert b"user_profile:u1" in cache.dump()
    cache.publish([("u2", profile(1))], clusters("2026-01-02"), keep_users=False)
    assert b"user_profile:u1" not in cache.dump()


def test_another_publisher_in_between_wins_with_its_newer_day(
    cache: ProfileCache, redis_url: str
) -> None:
    def users() -> Iterator[tuple[str, ServedProfile]]:
        yield "u1", profile()
        rival = ProfileCache(redis_url)
        rival.publish([], clusters("2026-01-05", "c5"))
        rival.close()

    assert not cache.publish(users(), clusters("2026-01-04", "c4"))
    served = cache.served_version()
    assert served is not None
    assert served.cluster_ids == ("c5",)


def test_an_error_of_the_profiles_source_is_not_the_caches(cache: ProfileCache) -> None:
    def users() -> Iterator[tuple[str, ServedProfile]]:
        raise ConnectionError("the log store is away")
        yield

    with pytest.raises(ConnectionError, match="log store is away"):
        cache.publish(users(), clusters("2026-01-02"))
    assert cache.dump() == {}


def test_a_request_reads_all_it_needs_at_once(cache: ProfileCache, redis_url: str) -> None:
    cache.publish([("u1", profile())], clusters("2026-01-02", "c1"))
    says = np.array([0.1, 0.2, 0.3, 0.1, 0.1, 0.1, 0.1])
    context = MacroContext(np.arange(4, dtype=np.float32), 321, "static-1", says, "p-1")

    async def both(opened: AsyncProfileCache) -> tuple[CacheRead, CacheRead]:
        await opened.put_macro_context("h", context)
        return await opened.read("u1", "h"), await opened.read("nobody", None)

    known, unknown = read(redis_url, both)  # type: ignore[misc]
    assert known.profile.executions == 7
    assert known.serving == ("2026-01-02-v", "2026-01-02", ("c1",))
    np.testing.assert_array_equal(known.document.embedding, context.embedding)
    assert known.document[1:3] == context[1:3]
    assert (known.document.category.tobytes(), known.document.prototypes) == (says.tobytes(), "p-1")
    assert (unknown.profile, unknown.document) == (None, None)


def test_j_is_read_whole_and_a_newer_one_is_followed(cache: ProfileCache, redis_url: str) -> None:
    old = ServingVersion("old", "2026-01-01", ("gone",))
    assert read(redis_url, lambda opened: opened.clusters(old)) is None
    cache.publish([], clusters("2026-01-02", "c1", "c2"))
    found = read(redis_url, lambda opened: opened.clusters(old))
    assert isinstance(found, ServedClusters)
    assert [c.cluster_id for c in found.clusters] == ["c1", "c2"]
    assert (found.day, found.population.cluster_id) == ("2026-01-02", "population")


def test_timed_caches_expire_and_are_no_part_of_the_dump(
    cache: ProfileCache, redis_url: str
) -> None:
    async def write(opened: AsyncProfileCache) -> list[str] | None:
        await opened.put_macro_context("h", MacroContext(None, 3, None))
        await opened.put_candidates("t", ["한", "b"])
        return await opened.get_candidates("t")

    assert read(redis_url, write) == ["한", "b"]
    client = redis.Redis.from_url(redis_url)
    assert 3590 <= client.ttl("macro_context:h") <= 3600
    assert 86390 <= client.ttl("paraphrase:t") <= 86400
    client.close()
    assert cache.dump() == {}


def test_a_forgotten_user_leaves_nothing(cache: ProfileCache, redis_url: str) -> None:
    cache.publish([("u1", profile()), ("u2", profile())], clusters("2026-01-02"))

    async def forget(opened: AsyncProfileCache) -> MacroContext | None:
        await opened.put_macro_context("h", MacroContext(None, 3, None))
        await opened.forget_user("u1", ["h"])
        return await opened.get_macro_context("h")

    assert read(redis_url, forget) is None
    cache.forget_user("u2")
    assert not [key for key in cache.dump() if key.startswith(b"user_profile:")]


@pytest.mark.parametrize("url", ["redis://:secret@127.0.0.1:1/0", "unix:///no/such/socket"])
def test_a_cache_that_is_away_is_one_sentence_without_a_password(url: str) -> None:
    cache = ProfileCache(url)
    for verb in (cache.ping, cache.served_version, cache.dump):
        with pytest.raises(CacheUnavailable, match="does not answer") as caught:
            verb()
        assert "secret" not in str(caught.value)
    with pytest.raises(CacheUnavailable, match="does not answer"):
        read(url, lambda opened: opened.read("u", None))
    cache.close()


def test_an_unreadable_value_says_what_to_do(cache: ProfileCache, redis_url: str) -> None:
    client = redis.Redis.from_url(redis_url)
    client.set("serving_version", b"\xff")
    client.close()
    with pytest.raises(CacheUnavailable, match="publish again"):
        cache.served_version()
