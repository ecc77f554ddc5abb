"""Valid rows of a chain (A, B, C, D) and of H, as a store holds them, with overrides."""

from __future__ import annotations

from typing import Any

import numpy as np

from resources.options import OPTIONS
from resources.packed_arrays import pack
from resources.records import (
    CorrectionHistory,
    ParaphraseEvent,
    RecommendEvent,
    Row,
    SelectionEvent,
    TrainingExample,
    to_row,
)
from resources.row_keys import shard_of

DAY, NOON = "2026-03-02", 1_772_452_800_000
SLATE = (("thesis", "strong", "ko"), ("thesis", "moderate", "ko"), ("report", "strong", "ko"))


def _common(identity: str, changes: Row) -> Row:
    user_id = changes.get("user_id", "u1")
    return {
        "id": identity,
        "user_id": user_id,
        "created_at": NOON,
        "day": DAY,
        "arrived_on": DAY,
        "shard": shard_of(user_id),
        "origin": "live",
    }


def shown(*options: tuple[str, str, str]) -> list[Row]:
    """The slate of these options, best first."""
    return [
        {"category": c, "intensity": i, "language": lang, "score": 0.5 / (k + 1)}
        for k, (c, i, lang) in enumerate(options)
    ]


def recommendation(identity: str = "a1", **changes: Any) -> Row:
    """A: three options shown at noon, thesis/strong/ko first."""
    record = RecommendEvent(
        **_common(identity, changes),
        recommend_session_id=f"session-{identity}",
        doc_id="d1",
        context_hash=f"context-{identity}",
        text_language="ko",
        restriction={},
        settings={"alpha": 0.2, "beta": 0.5, "lambda": 0.5, "n": 3.0, "document_length": 275.0},
        weights={"vec": 0.3, "doc": 0.2, "user": 0.25, "cluster": 0.25},
        p_vec=pack(np.full(7, 1 / 7), "<f8"),
        p_doc=None,
        p_user=pack(np.full(7, 1 / 7), "<f8"),
        p_cluster=pack(np.full(7, 1 / 7), "<f8"),
        scores=pack(np.full(len(OPTIONS), 1 / len(OPTIONS)), "<f8"),
        reco_options=shown(*SLATE),
        recommended_intensity="strong",
        doc_maturity_score=0.5,
        applied_weight_doc=0.2,
        profile_source="population",
        cluster_id=None,
        degraded=[],
        policy="greedy",
        propensity=1.0,
        versions={"scoring": "scoring-1", "encoder": "static@0"},
    )
    return to_row(record) | changes


def run(identity: str = "b1", of: str = "a1", **changes: Any) -> Row:
    """B: the first option of the slate, executed ten seconds after its A."""
    record = ParaphraseEvent(
        **_common(identity, changes) | {"created_at": NOON + 10_000},
        recommend_session_id=f"session-{of}",
        source_recommend_event_id=of,
        correction_history_id=f"d-{identity}",
        category="thesis",
        intensity="strong",
        language="ko",
        text_language="ko",
        slate_position=0,
        input_sentence_length=40,
        candidates=3,
        llm_provider="embedded",
        llm_name="rules-1",
        response_time_ms=1.5,
    )
    return to_row(record) | changes


def selection(identity: str = "c1", of: str = "b1", **changes: Any) -> Row:
    """C: the first candidate of a B accepted."""
    record = SelectionEvent(
        **_common(identity, changes) | {"created_at": NOON + 20_000},
        recommend_session_id="session-a1",
        source_recommend_event_id="a1",
        source_paraphrase_event_id=of,
        correction_history_id=f"d-{of}",
        accepted=True,
        selected_index=0,
        edited=False,
    )
    return to_row(record) | changes


def correction(of: str = "b1", **changes: Any) -> Row:
    """D: the texts of a B, the first candidate chosen."""
    record = CorrectionHistory(
        **_common(f"d-{of}", changes) | {"created_at": NOON + 10_000},
        recommend_session_id="session-a1",
        source_recommend_event_id="a1",
        source_paraphrase_event_id=of,
        category="thesis",
        intensity="strong",
        language="ko",
        user_prompt=None,
        input_sentence="문장",
        output_sentences=["고친 문장", "다른 문장"],
        selected_index=0,
        completed=True,
    )
    return to_row(record) | changes


def example(identity: str = "a1", **changes: Any) -> Row:
    """H: thesis/strong/ko shown, executed and accepted."""
    record = TrainingExample(
        **_common(identity, changes),
        recommend_session_id=f"session-{identity}",
        context_hash=f"context-{identity}",
        text_language="ko",
        document_length=275,
        embedding=None,
        slate=["/".join(option) for option in SLATE],
        slate_scores=[0.5, 0.25, 0.125],
        p_vec=[1 / 7] * 7,
        p_doc=None,
        p_user=[1 / 7] * 7,
        p_cluster=[1 / 7] * 7,
        weights={"vec": 0.5, "doc": 0.0, "user": 0.25, "cluster": 0.25},
        profile_source="population",
        cluster_id=None,
        policy="greedy",
        propensity=1.0,
        executed=True,
        source_paraphrase_event_id="b1",
        category="thesis",
        intensity="strong",
        language="ko",
        changed=False,
        slate_position=0,
        runs=1,
        accepted=True,
        ground_truth="thesis/strong/ko",
        match_metrics={"category": 1, "intensity": 1, "language": 1, "total": 3},
        consistency_flag="high",
        seconds_to_run=10.0,
        error=None,
    )
    return to_row(record) | changes
