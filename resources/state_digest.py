"""One hash per record letter: two wheels with the same seed end with equal ones, on any store."""

from __future__ import annotations

import hashlib
from typing import Final

import orjson

from resources.log_store import LogStore
from resources.records import COLLECTIONS, PERSONAS, Row

# What a digest of the wheel covers: ids, options, scores, choices, counts. Not latency, cache hits,
# versions, arrival: those differ between two honest runs of the same seed.
DIGEST_FIELDS: Final = {
    "A": (
        "_id", "user_id", "created_at", "day", "recommend_session_id", "doc_id", "context_hash",
        "text_language", "restriction", "settings", "weights", "p_vec", "p_doc", "p_user",
        "p_cluster", "scores", "reco_options", "profile_source", "cluster_id", "degraded",
        "policy", "propensity",
    ),
    "B": (
        "_id", "user_id", "created_at", "day", "recommend_session_id",
        "source_recommend_event_id", "correction_history_id", "category", "intensity",
        "language", "slate_position", "candidates",
    ),
    "C": (
        "_id", "user_id", "created_at", "day", "recommend_session_id",
        "source_recommend_event_id", "source_paraphrase_event_id", "accepted",
        "selected_index", "edited",
    ),
    "H": (
        "_id", "user_id", "day", "slate", "slate_scores", "executed", "category", "intensity",
        "language", "changed", "accepted", "ground_truth", "match_metrics", "consistency_flag",
        "error",
    ),
    "G": (
        "_id", "evidence", "base", "preferred_category_vector", "preferred_strength_vector",
        "preferred_language_vector", "recommend_accept_rate", "paraphrase_execution_count",
        "user_embedding_v1", "cluster_id",
    ),
    "J": (
        "_id", "centroid_embedding", "category_vector", "strength_vector", "language_vector",
        "text_language_vector", "strength_by_category", "language_by_text_language", "user_count",
    ),
}  # fmt: skip
# Of a persona everything counts but when it was written.
_CLOCK_FIELDS: Final = frozenset({"created_at", "arrived_on", "latency_ms"})


def state_digests(store: LogStore) -> dict[str, str]:
    """The digests of A, B, C, G, H, J and the personas, by letter (`personas`)."""
    letters = {letter: collection_digest(store, letter) for letter in sorted(DIGEST_FIELDS)}
    return {**letters, "personas": collection_digest(store, "personas")}


def collection_digest(store: LogStore, letter: str) -> str:
    """SHA-256 (hex) over the rows in the order of `_id`, each as JSON with sorted keys.

    Covers `DIGEST_FIELDS[letter]`; a field that is absent counts as null.
    """
    fields = DIGEST_FIELDS.get(letter)
    collection = COLLECTIONS.get(letter, PERSONAS)
    digest = hashlib.sha256()
    for batch in store.scan(collection, fields=fields):
        for row in batch:
            covered = _persona(row) if fields is None else {name: row.get(name) for name in fields}
            digest.update(orjson.dumps(covered, option=orjson.OPT_SORT_KEYS) + b"\n")
    return digest.hexdigest()


def _persona(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in _CLOCK_FIELDS}
