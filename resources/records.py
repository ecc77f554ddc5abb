"""The records A–L: every collection, its fields, and where people's text lies.

A record is a frozen struct in code and a plain document in a store. `created_at` is int64
milliseconds UTC, `day` the ISO date of the chain's A (the partition), `arrived_on` the ISO date on
which the row came. Vectors and scores of A are base64 float64, embeddings base64 float32, both
little-endian.
"""

from __future__ import annotations

from typing import Any, Final, TypeVar

import msgspec

from resources.errors import Mendable

SCHEMA_VERSION: Final = 1
SHARDS: Final = 256

Row = dict[str, Any]

# Letter → collection. F lives in Redis only.
COLLECTIONS: Final = {
    "A": "editor_recommend_options",
    "B": "editor_run_paraphrasing",
    "C": "editor_selected_paraphrasing",
    "D": "correction_history",
    "E": "context_block",
    "G": "user_profile",
    "H": "training_examples",
    "I": "recommend_log",
    "J": "cluster_profile",
    "K": "full_document_store",
    "L": "editor_document_snapshot",
}
RAW, QUARANTINE, RAW_FILES = "raw_corporate_data", "raw_quarantine", "raw_files"
PERSONAS, MINED, WISHES = "personas", "mined_personas", "simulated_wishes"
DRAWN_FROM = "simulated_personas"  # the personas that the wheel's bots were drawn from
CLUSTER_MEMBERS, PROTOTYPES = "cluster_members", "category_prototypes"
MANIFESTS = "manifests"  # `{asset}/{day}`: what a materialization wrote, written last
ALL_COLLECTIONS: Final = (
    *COLLECTIONS.values(), RAW, QUARANTINE, PERSONAS, WISHES, CLUSTER_MEMBERS, PROTOTYPES,
    MANIFESTS, DRAWN_FROM, RAW_FILES, MINED,
)  # fmt: skip

# Where a person's text lies in the log store; retention and erasure read this. What many wrote is
# quoted in personas (rec_assets/personas/stored.py); all other places: docs/operations.md.
TEXT_FIELDS: Final = {
    RAW: ("raw",),
    QUARANTINE: ("raw",),
    "correction_history": ("user_prompt", "input_sentence", "output_sentences", "edited_text"),
    "context_block": ("text", "before", "after"),
    "full_document_store": ("text",),
    "editor_document_snapshot": ("text",),
}


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What every record of a user carries."""

    id: str = msgspec.field(name="_id")
    user_id: str
    created_at: int
    day: str
    arrived_on: str
    shard: int
    origin: str
    schema_version: int = SCHEMA_VERSION


class RecommendEvent(Record, frozen=True, kw_only=True):
    """A: one answer of /recommend, with all that rebuilds its scores."""

    recommend_session_id: str
    doc_id: str
    context_hash: str
    text_language: str | None
    restriction: dict[str, str]  # category, intensity, language asked for; only those asked
    settings: dict[str, float]  # alpha, beta, lambda, n, document_length
    weights: dict[str, float]  # vec, doc, user, cluster: what was applied; they sum to 1
    p_vec: str | None  # four category vectors, 7 float64 each; None: the term was absent
    p_doc: str | None
    p_user: str | None
    p_cluster: str | None
    scores: str  # float64 of the allowed options, in the order of OPTIONS
    reco_options: list[dict[str, Any]]  # category, intensity, language, score, contributions
    recommended_intensity: str
    doc_maturity_score: float
    applied_weight_doc: float
    profile_source: str
    cluster_id: str | None
    degraded: list[str]
    policy: str
    propensity: float
    versions: dict[str, str]
    request_hash: str | None = None  # of the body, where it came with an Idempotency-Key


class ParaphraseEvent(Record, frozen=True, kw_only=True):
    """B: one run of /paraphrase under a chosen option."""

    recommend_session_id: str
    source_recommend_event_id: str
    correction_history_id: str
    category: str
    intensity: str
    language: str
    text_language: str | None
    slate_position: int | None  # of the executed option in A's slate; None: the person changed it
    input_sentence_length: int
    candidates: int
    llm_provider: str
    llm_name: str
    response_time_ms: float
    request_hash: str | None = None


class SelectionEvent(Record, frozen=True, kw_only=True):
    """C: what became of a B. One for each B: its id is derived from B's."""

    recommend_session_id: str
    source_recommend_event_id: str
    source_paraphrase_event_id: str
    correction_history_id: str
    accepted: bool
    selected_index: int | None
    edited: bool
    request_hash: str | None = None


class CorrectionHistory(Record, frozen=True, kw_only=True):
    """D: the texts of a B; /log completes it."""

    recommend_session_id: str
    source_recommend_event_id: str
    source_paraphrase_event_id: str
    category: str
    intensity: str
    language: str
    user_prompt: str | None
    input_sentence: str
    output_sentences: list[str]
    selected_index: int | None = None
    edited_text: str | None = None
    completed: bool = False


class ContextBlock(Record, frozen=True, kw_only=True):
    """E: the selected text with what stands around it, and its embedding."""

    doc_id: str
    text: str
    before: str
    after: str
    text_language: str | None
    embedding: str | None
    encoder_version: str | None


class RecommendLog(Record, frozen=True, kw_only=True):
    """I: how an A was made: latency, cache hits, versions."""

    latency_ms: float
    cache_hits: dict[str, bool]  # profile, clusters, document
    degraded: list[str]
    versions: dict[str, str]
    explain: dict[str, Any] | None = None  # so that a repeat explains itself too


class FullDocument(Record, frozen=True, kw_only=True):
    """K: the document as last put. `created_at` is when it was put."""

    doc_id: str
    text: str
    length: int  # Unicode characters
    text_hash: str
    embedding: str | None
    encoder_version: str | None
    snapshot_id: str | None = None  # the last L: small edits add up until the next one


class DocumentSnapshot(Record, frozen=True, kw_only=True):
    """L: a document whose text changed by more than a tenth."""

    doc_id: str
    text: str
    length: int
    changed_share: float


class TrainingExample(Record, frozen=True, kw_only=True):
    """H: one A with what followed. `arrived_on` is the latest of its parts."""

    recommend_session_id: str
    context_hash: str
    text_language: str | None
    document_length: int
    embedding: str | None  # the selected text's, where the encoder that scored A made it
    encoder_version: str | None = None  # of the embedding
    slate: list[str]
    slate_scores: list[float]
    slate_plain: list[float] | None = None  # what vec and doc alone contribute to each of them
    p_vec: list[float] | None
    p_doc: list[float] | None
    p_user: list[float] | None
    p_cluster: list[float] | None
    weights: dict[str, float]
    profile_source: str
    cluster_id: str | None
    policy: str
    propensity: float
    executed: bool
    source_paraphrase_event_id: str | None
    category: str | None  # of the executed option
    intensity: str | None
    language: str | None
    changed: bool  # the executed option was not the one that came first
    slate_position: int | None
    runs: int  # B of this A
    accepted: bool
    ground_truth: str | None  # id of the accepted option
    match_metrics: dict[str, int] | None  # first of slate against executed; total 0–3
    consistency_flag: str | None
    seconds_to_run: float | None
    error: str | None


class UserProfile(Record, frozen=True, kw_only=True):
    """G: integer evidence per day and what follows from it on `day`.

    A cell of evidence is [option index, text-language index or −1, accepted, changed, simulated,
    count]; `day` is the last day with evidence, and what is derived holds as of it.
    """

    evidence: dict[str, list[list[int]]]
    base: dict[str, Any] | None  # days older than 140, folded; see rec_assets/profiles/evidence.py
    preferred_category_vector: list[float]
    preferred_strength_vector: list[float]
    preferred_language_vector: list[float]
    recommend_accept_rate: float | None
    paraphrase_execution_count: int
    user_embedding_v1: list[float]  # 14: square roots of the three blocks
    cluster_id: str | None
    executed_sessions: float  # n, decayed to `day`
    simulated_share: float


class ClusterProfile(msgspec.Struct, frozen=True, kw_only=True):
    """J: what a cluster's users prefer on a day. `population` is the cluster of everybody."""

    id: str = msgspec.field(name="_id")
    day: str
    cluster_id: str
    centroid_embedding: list[float]
    category_vector: list[float]
    strength_vector: list[float]
    language_vector: list[float]
    text_language_vector: list[float]
    strength_by_category: list[list[float]]
    language_by_text_language: list[list[float]]
    user_count: int
    schema_version: int = SCHEMA_VERSION


class ClusterMember(msgspec.Struct, frozen=True, kw_only=True):
    """Which cluster a user belongs to on a day."""

    id: str = msgspec.field(name="_id")
    day: str
    user_id: str
    cluster_id: str
    distance: float
    schema_version: int = SCHEMA_VERSION


T = TypeVar("T", bound=msgspec.Struct)


class SchemaError(Mendable, ValueError):
    """A row of a store that this version cannot read."""


def to_row(record: msgspec.Struct) -> Row:
    """The record as a plain document."""
    row: Row = msgspec.to_builtins(record)
    return row


def from_row(kind: type[T], row: Row) -> T:
    """The document as a record; SchemaError for a newer schema or fields that do not fit."""
    version = row.get("schema_version")
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise SchemaError(
            f"{kind.__name__} {row.get('_id')!r} has schema_version {version}, this program reads "
            f"up to {SCHEMA_VERSION}: update recwheel"
        )
    try:
        return msgspec.convert(row, kind)
    except msgspec.ValidationError as error:
        raise SchemaError(f"{kind.__name__} {row.get('_id')!r}: {error}") from error
