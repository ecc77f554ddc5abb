"""G, J, F and the served version as the profile cache holds them: float32 bytes in msgpack.

Arrays come back as float64 computed from the float32: the same bits for every reader.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from resources.preferences import Cluster, Evidence, Floats, Preferences, ServedProfile

EVIDENCE_SHAPES = ((7, 3), (4, 4), (1,))  # ci, ltl, n
CLUSTER_SHAPES = ((7,), (3,), (4,), (4,), (7, 3), (4, 4), (14,))  # Preferences in order, centroid


class ServingVersion(NamedTuple):
    """What serving_version holds: which J is served, and which keys belong to it."""

    version: str
    day: str
    cluster_ids: tuple[str, ...]


class MacroContext(NamedTuple):
    """F: what a document says as a whole. `embedding` is float32; None: no encoder."""

    embedding: NDArray[np.float32] | None
    length: int  # Unicode characters
    encoder_version: str | None
    category: Floats | None = None  # (7,): what the category vectors say of the whole text
    prototypes: str | None = None  # the version of those vectors


class _ProfileBlob(msgspec.Struct, array_like=True, frozen=True):
    day: str
    cluster_id: str | None
    accept_rate: float | None
    executions: int
    evidence: bytes


class _ClusterBlob(msgspec.Struct, array_like=True, frozen=True):
    cluster_id: str
    user_count: int
    arrays: bytes


class _MacroBlob(msgspec.Struct, array_like=True, frozen=True):
    embedding: bytes | None
    length: int
    encoder_version: str | None
    category: bytes | None = None
    prototypes: str | None = None


T = TypeVar("T")
_encode = msgspec.msgpack.Encoder().encode


class UnreadableBlob(ValueError):
    """A value of the cache that this version of the program did not write."""


def pack_profile(profile: ServedProfile) -> bytes:
    """G of one user; the same profile gives the same bytes."""
    evidence = profile.evidence
    arrays = _bytes_of((evidence.ci, evidence.ltl, np.array([evidence.n])), EVIDENCE_SHAPES)
    return _encode(
        _ProfileBlob(
            profile.day, profile.cluster_id, profile.accept_rate, profile.executions, arrays
        )
    )


def unpack_profile(blob: bytes) -> ServedProfile:
    """The inverse of `pack_profile`; UnreadableBlob when it is none."""
    held = _decode(blob, _PROFILE)
    ci, ltl, n = _arrays_of(held.evidence, EVIDENCE_SHAPES)
    evidence = Evidence(ci, ltl, float(n[0]))
    return ServedProfile(evidence, held.day, held.cluster_id, held.accept_rate, held.executions)


def pack_cluster(cluster: Cluster) -> bytes:
    """J of one cluster, or the population."""
    held = cluster.preferences
    arrays = (
        held.category,
        held.strength,
        held.language,
        held.text_language,
        held.strength_by_category,
        held.language_by_text_language,
        cluster.centroid,
    )
    packed = _bytes_of(arrays, CLUSTER_SHAPES)
    return _encode(_ClusterBlob(cluster.cluster_id, cluster.user_count, packed))


def unpack_cluster(blob: bytes) -> Cluster:
    """The inverse of `pack_cluster`; UnreadableBlob when it is none."""
    held = _decode(blob, _CLUSTER)
    *preferences, centroid = _arrays_of(held.arrays, CLUSTER_SHAPES)
    # float32 rows sum to 1 within 1e-7 only; scores are to add up within 1e-12.
    exact = (rows / rows.sum(-1, keepdims=True) for rows in preferences)
    return Cluster(held.cluster_id, Preferences(*exact), centroid, held.user_count)


def pack_version(version: ServingVersion) -> bytes:
    """The served version, a msgpack array of version, day and cluster ids."""
    return _encode(version)


def unpack_version(blob: bytes) -> ServingVersion:
    """The inverse of `pack_version`; UnreadableBlob when it is none."""
    return _decode(blob, _VERSION)


def pack_macro(context: MacroContext) -> bytes:
    """F of one document."""
    embedding = context.embedding
    held = None if embedding is None else np.asarray(embedding, "<f4").tobytes()
    category = None if context.category is None else np.asarray(context.category, "<f8").tobytes()
    made_by = (context.encoder_version, category, context.prototypes)
    return _encode(_MacroBlob(held, context.length, *made_by))


def unpack_macro(blob: bytes) -> MacroContext:
    """The inverse of `pack_macro`; UnreadableBlob when it is none."""
    held = _decode(blob, _MACRO)
    embedding = None if held.embedding is None else np.frombuffer(held.embedding, "<f4")
    category = None if held.category is None else np.frombuffer(held.category, "<f8")
    return MacroContext(embedding, held.length, held.encoder_version, category, held.prototypes)


def pack_candidates(candidates: list[str]) -> bytes:
    """The rewritings of one text."""
    return _encode(candidates)


def unpack_candidates(blob: bytes) -> list[str]:
    """The inverse of `pack_candidates`; UnreadableBlob when it is none."""
    return _decode(blob, _CANDIDATES)


_PROFILE = msgspec.msgpack.Decoder(_ProfileBlob)
_CLUSTER = msgspec.msgpack.Decoder(_ClusterBlob)
_VERSION = msgspec.msgpack.Decoder(ServingVersion)
_MACRO = msgspec.msgpack.Decoder(_MacroBlob)
_CANDIDATES = msgspec.msgpack.Decoder(list[str])


def _decode(blob: bytes, decoder: msgspec.msgpack.Decoder[T]) -> T:
    try:
        return decoder.decode(blob)
    except msgspec.DecodeError as error:
        raise UnreadableBlob(f"A value of the profile cache cannot be read: {error}") from error


def _bytes_of(arrays: tuple[Floats, ...], shapes: tuple[tuple[int, ...], ...]) -> bytes:
    if tuple(array.shape for array in arrays) != shapes:
        found = [array.shape for array in arrays]
        raise ValueError(f"arrays have the shapes {found}; the cache holds {list(shapes)}")
    return np.concatenate([array.ravel() for array in arrays]).astype("<f4").tobytes()


def _arrays_of(held: bytes, shapes: tuple[tuple[int, ...], ...]) -> list[Any]:
    sizes = [int(np.prod(shape)) for shape in shapes]
    if len(held) != 4 * sum(sizes):
        raise UnreadableBlob(f"A value of the profile cache has {len(held)} bytes of numbers")
    flat = np.frombuffer(held, "<f4").astype(np.float64)
    ends = np.cumsum(sizes)
    return [
        flat[end - size : end].reshape(shape)
        for shape, size, end in zip(shapes, sizes, ends, strict=True)
    ]
