"""What the service answers. An answer is read off the stored rows, so that a repeat is equal."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from resources.options import CATEGORIES, OPTIONS
from resources.packed_arrays import unpack
from resources.records import Row

Shares = Annotated[dict[str, float], Field(description="Category → probability.")]


class Answer(BaseModel):
    """What every answer shares: only the fields named here."""

    model_config = ConfigDict(extra="forbid")


class Contributions(Answer):
    """Weight × probability of the four terms; they add up to the option's score."""

    vec: float
    doc: float
    user: float
    cluster: float


class RecommendedOption(Answer):
    """One option of the slate."""

    category: str
    intensity: str
    language: str
    score: float
    contributions: Contributions


class Explanation(Answer):
    """Asked for with `explain`."""

    scores: dict[str, float] = Field(description="Option id → score, all 84.")
    propensity: float = Field(description="Probability with which the policy shows this slate.")
    literal_cosine: float | None = Field(
        description="cos(ContextVector, UserPreferredVector); null without a profile term."
    )
    evidence: dict[str, Any] = Field(description="What the profile term rests on.")


class RecommendAnswer(Answer):
    """The ranked options and where their scores come from."""

    insert_id: str
    recommend_session_id: str
    context_hash: str
    reco_options: list[RecommendedOption]
    recommended_intensity: str = Field(description="Of the first option.")
    P_vec: Shares | None
    P_doc: Shares | None
    P_user: Shares | None
    P_cluster: Shares | None
    weights: Contributions
    doc_maturity_score: float
    applied_weight_doc: float
    profile_source: str
    cluster_id: str | None
    cache_hit_profile: bool
    cache_hit_clusters: bool
    cache_hit_document: bool
    degraded: list[str] = Field(description="What was missing: encoder, document, profile.")
    versions: dict[str, str]
    explain: Explanation | None = None


class ParaphraseAnswer(Answer):
    """Three ways to say it."""

    insert_id: str
    recommend_session_id: str
    source_recommend_event_id: str
    correction_history_id: str
    candidates: list[str]
    llm_provider: str
    llm_name: str
    notes: list[str] = Field(description="What the rewriter could not do.")


class LogAnswer(Answer):
    """A stored event."""

    insert_id: str


class NotStoredAnswer(Answer):
    """An event that the service writes itself."""

    stored: bool = False
    detail: str


class DocumentAnswer(Answer):
    """A stored document."""

    doc_id: str
    length: int = Field(description="Unicode characters.")
    doc_maturity_score: float
    changed_share: float = Field(description="Since the last snapshot; 1 for the first.")
    snapshot: bool = Field(description="Whether a snapshot was kept (more than 10 % changed).")
    ready: bool = Field(description="Whether /recommend sees it at once.")


class DeletedAnswer(Answer):
    """A removed document."""

    doc_id: str
    deleted: bool = True


class ProfileAnswer(Answer):
    """What is known of a user."""

    user_id: str
    day: str = Field(description="The last day with evidence that the profile was built on.")
    served: bool = Field(description="Whether /recommend uses it.")
    executed_sessions: float = Field(description="Decayed to `day`: halved every 14 days.")
    paraphrase_execution_count: int
    recommend_accept_rate: float | None
    cluster_id: str | None
    preferred_category: Shares | None
    preferred_strength: dict[str, float] | None
    preferred_language: dict[str, float] | None


class HealthAnswer(Answer):
    """The process answers."""

    status: str = "ok"


class ReadyAnswer(Answer):
    """What the service stands on."""

    ready: bool
    missing: list[str]
    outbox: dict[str, int]
    versions: dict[str, str]


def recommend_answer(event: Row, log: Row) -> RecommendAnswer:
    """The answer for the rows A and I."""
    hits = log["cache_hits"]
    explained = log.get("explain")
    return RecommendAnswer(
        insert_id=event["_id"],
        P_vec=_shares(event["p_vec"]),
        P_doc=_shares(event["p_doc"]),
        P_user=_shares(event["p_user"]),
        P_cluster=_shares(event["p_cluster"]),
        cache_hit_profile=hits["profile"],
        cache_hit_clusters=hits["clusters"],
        cache_hit_document=hits["document"],
        explain=None if explained is None else _explanation(event, explained),
        **{name: event[name] for name in _SAME},
    )


_SAME = (
    "recommend_session_id",
    "context_hash",
    "reco_options",
    "recommended_intensity",
    "weights",
    "doc_maturity_score",
    "applied_weight_doc",
    "profile_source",
    "cluster_id",
    "degraded",
    "versions",
)


def _shares(packed: str | None) -> dict[str, float] | None:
    if packed is None:
        return None
    return dict(zip(CATEGORIES, unpack(packed, "<f8").tolist(), strict=True))


def _explanation(event: Row, explained: Row) -> Explanation:
    scores = unpack(explained["scores"], "<f8").tolist()
    return Explanation(
        scores={option.id: score for option, score in zip(OPTIONS, scores, strict=True)},
        propensity=event["propensity"],
        literal_cosine=explained["literal_cosine"],
        evidence=explained["evidence"],
    )
