"""The rows of a recommendation: A, E and I as pure functions of what was asked and found."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rec_api.chains import common
from rec_api.contracts import RecommendRequest
from rec_api.idempotency import session_id
from rec_api.scoring import Inputs, Scores
from rec_api.served import Embedding, Known
from resources.options import CATEGORIES, OPTIONS, ranking
from resources.packed_arrays import pack
from resources.records import ContextBlock, RecommendEvent, RecommendLog, Row, to_row

POLICY: Final = "greedy"
WORDS: Final = ("category", "intensity", "language")
COLUMNS: Final = {word: np.array([getattr(option, word) for option in OPTIONS]) for word in WORDS}


class Asked(NamedTuple):
    """A request with what follows from it alone."""

    body: RecommendRequest
    insert_id: str
    created_at: int
    day: str
    origin: str
    context_hash: str


class Found(NamedTuple):
    """What a request is scored from, and the scores."""

    known: Known
    embedding: Embedding | None
    inputs: Inputs
    document_used: bool
    scores: Scores
    versions: dict[str, str]


def restriction_of(body: RecommendRequest) -> dict[str, str]:
    """The words that an option must have to be listed."""
    return {word: value for word in WORDS if (value := getattr(body, word)) is not None}


def allowed(restriction: dict[str, str]) -> NDArray[np.bool_]:
    """Which of the 84 options fit, in their order."""
    mask = np.ones(len(OPTIONS), dtype=bool)
    for word, value in restriction.items():
        mask &= COLUMNS[word] == value
    return mask


def slate_of(scores: Scores, mask: NDArray[np.bool_], limit: int) -> list[dict[str, Any]]:
    """The best options that fit, with their scores and contributions."""
    best = [int(k) for k in ranking(scores.final) if mask[k]][:limit]
    return [
        {
            **OPTIONS[k]._asdict(),
            "score": float(scores.final[k]),
            "contributions": scores.contributions(k),
        }
        for k in best
    ]


def event_row(asked: Asked, found: Found) -> Row:
    """A."""
    body, scores = asked.body, found.scores
    restriction = restriction_of(body)
    mask = allowed(restriction)
    slate = slate_of(scores, mask, body.limit)
    vectors = {term: pack(values, "<f8") for term, values in scores.categories.items()}
    record = RecommendEvent(
        id=asked.insert_id,
        recommend_session_id=session_id(asked.insert_id),
        doc_id=body.doc_id,
        context_hash=asked.context_hash,
        text_language=found.inputs.text_language,
        restriction=restriction,
        settings={
            "alpha": scores.alpha,
            "beta": scores.beta,
            "lambda": scores.lambda_user,
            "n": scores.n,
            "document_length": float(found.inputs.document_length),
        },
        weights=scores.weights,
        p_vec=vectors.get("vec"),
        p_doc=vectors.get("doc"),
        p_user=vectors.get("user"),
        p_cluster=vectors.get("cluster"),
        scores=pack(scores.final[mask], "<f8"),
        reco_options=slate,
        recommended_intensity=slate[0]["intensity"],
        doc_maturity_score=scores.maturity,
        applied_weight_doc=scores.weights["doc"],
        profile_source=scores.profile_source,
        cluster_id=scores.cluster_id,
        degraded=list(scores.degraded),
        policy=POLICY,
        propensity=1.0,
        versions=found.versions,
        **_common(asked),
    )
    return to_row(record)


def block_row(asked: Asked, found: Found) -> Row:
    """E."""
    body = asked.body
    record = ContextBlock(
        id=asked.context_hash,
        doc_id=body.doc_id,
        text=body.selected_text,
        before=body.context_prev,
        after=body.context_next,
        text_language=found.inputs.text_language,
        embedding=None if found.embedding is None else pack(found.embedding),
        encoder_version=None if found.embedding is None else found.versions["encoder"],
        **_common(asked),
    )
    return to_row(record)


def log_row(asked: Asked, found: Found, milliseconds: float) -> Row:
    """I; with the explanation when one was asked for, so that a repeat gives it too."""
    record = RecommendLog(
        id=asked.insert_id,
        latency_ms=round(milliseconds, 3),
        cache_hits={
            "profile": found.known.profile is not None,
            "clusters": found.known.clusters is not None,
            "document": found.document_used,
        },
        degraded=list(found.scores.degraded),
        versions=found.versions,
        **_common(asked),
    )
    return to_row(record) | ({"explain": _explanation(found)} if asked.body.explain else {})


def _explanation(found: Found) -> dict[str, Any]:
    cosine, evidence = found.scores.literal_cosine, found.inputs.evidence
    by_category = None if evidence is None else evidence.ci.sum(1).tolist()
    return {
        "scores": pack(found.scores.final, "<f8"),
        "literal_cosine": None if cosine is None else float(cosine.sum()),
        "evidence": {
            "executed_sessions": found.scores.n,
            "lambda": found.scores.lambda_user,
            "as_of": found.known.profile.day if found.known.profile else None,
            "by_category": by_category and dict(zip(CATEGORIES, by_category, strict=True)),
            "text_language": found.inputs.text_language,
            "document_length": found.inputs.document_length,
        },
    }


def _common(asked: Asked) -> dict[str, Any]:
    return common(asked.body.user_id, asked.created_at, asked.day, asked.origin)
