"""A→B→C of a day: whether every row has the one before it, of the same user and session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from resources.records import Row

# Fields that are read. None of them is what people wrote.
LINKS: Final = {
    "A": ("user_id", "recommend_session_id", "arrived_on", "degraded", "origin"),
    "B": (
        "user_id", "recommend_session_id", "arrived_on", "source_recommend_event_id",
        "correction_history_id",
    ),
    "C": (
        "user_id", "recommend_session_id", "source_recommend_event_id",
        "source_paraphrase_event_id", "correction_history_id", "arrived_on", "accepted",
    ),
    "D": ("selected_index",),
}  # fmt: skip
LOST_RUN, FOREIGN_RUN = "B without its A", "B of another user's A"


@dataclass(frozen=True)
class Links:
    """The rows of some users on one day, with the fields of `LINKS`; of D the ids."""

    recommendations: Mapping[str, Row]
    runs: Mapping[str, Row]
    selections: Sequence[Row]
    corrections: AbstractSet[str]


def far_recommendations(links: Links) -> list[str]:
    """Ids of A that B asks for and that are not among the links: of other users, days, or lost."""
    wanted = {run["source_recommend_event_id"] for run in links.runs.values()}
    return sorted(wanted - links.recommendations.keys())


def chain_faults(
    links: Links, far: Mapping[str, Row], since: str = ""
) -> Iterator[tuple[str, str]]:
    """What is wrong, as kind and offender. `far` are the rows of `far_recommendations` there are.

    A run without a selection is no fault: people leave. Of links that were judged before, `since`
    leaves those alone of whose two rows one arrived on that day or later.
    """
    for name, run in sorted(links.runs.items()):
        source = run["source_recommend_event_id"]
        if _arrived(run, links.recommendations.get(source) or far.get(source)) >= since:
            yield from _run_faults(name, run, links, far)
    answered: dict[str, Row] = {}
    for selection in links.selections:
        source = selection["source_paraphrase_event_id"]
        if _arrived(selection, links.runs.get(source)) >= since:
            yield from _selection_faults(selection, links)
        if source in answered and _arrived(selection, answered[source]) >= since:
            yield "C of a B that has another C", selection["_id"]
        answered[source] = selection


def _arrived(row: Row, linked: Row | None) -> str:
    """The day since which both ends of a link stand."""
    days: list[str] = [each["arrived_on"] for each in (row, linked) if each is not None]
    return max(days)


def _run_faults(
    name: str, run: Row, links: Links, far: Mapping[str, Row]
) -> Iterator[tuple[str, str]]:
    source = run["source_recommend_event_id"]
    asked = links.recommendations.get(source)
    if asked is None and source in far:
        other = far[source]
        of_day = other["user_id"] == run["user_id"]
        kind = f"B whose A is of {other['day']}" if of_day else FOREIGN_RUN
        yield kind, f"{name} of A {source}"
    elif asked is None:
        yield LOST_RUN, f"{name} of A {source}"
    elif asked["user_id"] != run["user_id"]:
        yield FOREIGN_RUN, f"{name} of A {source}"
    elif asked["recommend_session_id"] != run["recommend_session_id"]:
        yield "B of another session than its A", f"{name} of A {source}"
    if run["correction_history_id"] not in links.corrections:
        yield "B without its D", name


def _selection_faults(selection: Row, links: Links) -> Iterator[tuple[str, str]]:
    name, source = selection["_id"], selection["source_paraphrase_event_id"]
    run = links.runs.get(source)
    if run is None:
        yield "C without its B", f"{name} of B {source}"
    elif run["user_id"] != selection["user_id"]:
        yield "C of another user's B", f"{name} of B {source}"
    elif run["recommend_session_id"] != selection["recommend_session_id"]:
        yield "C of another session than its B", f"{name} of B {source}"
    elif run["source_recommend_event_id"] != selection["source_recommend_event_id"]:
        yield "C of another A than its B", f"{name} of B {source}"
    if selection["correction_history_id"] not in links.corrections:
        yield "C without its D", name
