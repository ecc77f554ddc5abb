"""H from A, B, C, D: one row per A, and what could not be joined counted by its reason."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from resources.options import OPTIONS, Option
from resources.packed_arrays import unpack
from resources.records import (
    ParaphraseEvent,
    RecommendEvent,
    Row,
    SelectionEvent,
    TrainingExample,
    from_row,
)

REJECTED_BUT_SELECTED = "rejected in C but selected in D"
ORPHAN_RUN, FOREIGN_RUN = "B without its A", "B of another user's A"
ORPHAN_SELECTION, FOREIGN_SELECTION = "C without its B", "C of another user's B"


@dataclass(frozen=True)
class Chains:
    """The records of some shards on one day. D and E (`blocks`, by `_id`) carry no text here."""

    recommendations: Sequence[Row]
    runs: Sequence[Row]
    selections: Sequence[Row]
    corrections: Sequence[Row]
    blocks: Mapping[str, Row]


@dataclass
class Examples:
    """H rows, and how many B and C were dropped, by reason."""

    rows: list[TrainingExample] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    answered: int = 0  # rows of whose executed B a C tells what became


def join_chains(chains: Chains, consistency_seconds: float) -> Examples:
    """One example per A, ordered by A's id."""
    asked = {row["_id"]: from_row(RecommendEvent, row) for row in chains.recommendations}
    runs_of, dropped = _runs_by_event(asked, chains.runs)
    owner = {run.id: run.user_id for runs in runs_of.values() for run in runs}
    selections: dict[str, SelectionEvent] = {}
    for row in chains.selections:
        selection = from_row(SelectionEvent, row)
        if selection.source_paraphrase_event_id not in owner:
            dropped[ORPHAN_SELECTION] += 1
        elif selection.user_id != owner[selection.source_paraphrase_event_id]:
            dropped[FOREIGN_SELECTION] += 1
        else:
            selections[selection.source_paraphrase_event_id] = selection
    chosen = {
        row["source_paraphrase_event_id"]: row["selected_index"] for row in chains.corrections
    }
    rows = [
        _example(event, runs_of[event.id], selections, chosen, chains, consistency_seconds)
        for _, event in sorted(asked.items())
    ]
    answered = sum(row.source_paraphrase_event_id in selections for row in rows)
    return Examples(rows, dropped, answered)


def _runs_by_event(
    asked: Mapping[str, RecommendEvent], rows: Iterable[Row]
) -> tuple[defaultdict[str, list[ParaphraseEvent]], Counter[str]]:
    runs: defaultdict[str, list[ParaphraseEvent]] = defaultdict(list)
    dropped: Counter[str] = Counter()
    for row in rows:
        run = from_row(ParaphraseEvent, row)
        event = asked.get(run.source_recommend_event_id)
        if event is None:
            dropped[ORPHAN_RUN] += 1
        elif event.user_id != run.user_id:
            dropped[FOREIGN_RUN] += 1
        else:
            runs[event.id].append(run)
    for of_event in runs.values():
        of_event.sort(key=lambda run: (run.created_at, run.id))
    return runs, dropped


def _executed(
    runs: Sequence[ParaphraseEvent], selections: Mapping[str, SelectionEvent]
) -> ParaphraseEvent | None:
    """The run that was accepted, else the last one, else none."""
    for run in runs:
        selection = selections.get(run.id)
        if selection is not None and selection.accepted:
            return run
    return runs[-1] if runs else None


def _example(
    event: RecommendEvent,
    runs: Sequence[ParaphraseEvent],
    selections: Mapping[str, SelectionEvent],
    chosen: Mapping[str, int | None],
    chains: Chains,
    consistency_seconds: float,
) -> TrainingExample:
    run = _executed(runs, selections)
    selection = selections.get(run.id) if run else None
    accepted = bool(selection and selection.accepted)
    option = Option(run.category, run.intensity, run.language) if run else None
    seconds = (run.created_at - event.created_at) / 1000 if run else None
    embedding, encoder_version = _embedding(event, chains.blocks.get(event.context_hash))
    contradicts = any(_contradicts(selections.get(r.id), chosen.get(r.id)) for r in runs)
    return TrainingExample(
        id=event.id,
        user_id=event.user_id,
        created_at=event.created_at,
        day=event.day,
        arrived_on=max(
            [event.arrived_on]
            + [r.arrived_on for r in runs]
            + [selections[r.id].arrived_on for r in runs if r.id in selections]
        ),
        shard=event.shard,
        origin=event.origin,
        recommend_session_id=event.recommend_session_id,
        context_hash=event.context_hash,
        text_language=event.text_language,
        document_length=int(event.settings["document_length"]),
        embedding=embedding,
        encoder_version=encoder_version,
        slate=[_option_of(shown).id for shown in event.reco_options],
        slate_scores=[float(shown["score"]) for shown in event.reco_options],
        slate_plain=_plain(event),
        p_vec=_vector(event.p_vec),
        p_doc=_vector(event.p_doc),
        p_user=_vector(event.p_user),
        p_cluster=_vector(event.p_cluster),
        weights=event.weights,
        profile_source=event.profile_source,
        cluster_id=event.cluster_id,
        policy=event.policy,
        propensity=event.propensity,
        executed=run is not None,
        source_paraphrase_event_id=run.id if run else None,
        category=run.category if run else None,
        intensity=run.intensity if run else None,
        language=run.language if run else None,
        changed=bool(run and run.slate_position != 0),
        slate_position=run.slate_position if run else None,
        runs=len(runs),
        accepted=accepted,
        ground_truth=option.id if option and accepted else None,
        match_metrics=_match(event, option) if option else None,
        consistency_flag=_consistency(seconds, consistency_seconds),
        seconds_to_run=seconds,
        error=REJECTED_BUT_SELECTED if contradicts else None,
    )


def _contradicts(selection: SelectionEvent | None, chosen: int | None) -> bool:
    """Whether C rejects what D says was chosen; of each run, the executed one or another."""
    return selection is not None and not selection.accepted and chosen is not None


def _option_of(shown: Row) -> Option:
    return Option(shown["category"], shown["intensity"], shown["language"])


def _embedding(event: RecommendEvent, block: Row | None) -> tuple[str | None, str | None]:
    """E's vector and its encoder's version; neither when another encoder scored A.

    A text that is asked for again after the encoder was changed has one E, with the newer vector.
    """
    if block is None or block["embedding"] is None:
        return None, None
    if block["encoder_version"] != event.versions["encoder"]:
        return None, None
    return block["embedding"], block["encoder_version"]


def _plain(event: RecommendEvent) -> list[float] | None:
    """What the text's two terms contribute to each shown option; None when both are absent."""
    parts = [shown.get("contributions") for shown in event.reco_options]
    if event.weights["vec"] + event.weights["doc"] == 0 or None in parts:
        return None
    return [float(part["vec"] + part["doc"]) for part in parts if part]


def _vector(packed: str | None) -> list[float] | None:
    return None if packed is None else [float(p) for p in unpack(packed, "<f8")]


def _match(event: RecommendEvent, executed: Option) -> dict[str, int] | None:
    """The first option of the slate against the executed one: 1 where equal, total 0–3."""
    if not event.reco_options:
        return None
    first = _option_of(event.reco_options[0])
    assert first in OPTIONS
    words = {word: int(getattr(first, word) == getattr(executed, word)) for word in first._fields}
    return {**words, "total": sum(words.values())}


def _consistency(seconds: float | None, limit: float) -> str | None:
    if seconds is None:
        return None
    return "high" if 0 <= seconds <= limit else "low"


def outcomes(row: TrainingExample) -> list[str]:
    """What a row counts as in the day's metadata."""
    facts = {
        "examples": True,
        "simulated": row.origin == "simulation",
        "executed": row.executed,
        "accepted": row.accepted,
        "changed": row.changed,
        "contradictions": row.error is not None,
        "without_embedding": row.embedding is None,
        "consistency_high": row.consistency_flag == "high",
        "consistency_low": row.consistency_flag == "low",
    }
    return [name for name, holds in facts.items() if holds]
