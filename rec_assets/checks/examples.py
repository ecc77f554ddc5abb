"""H of a day against A and B: one row for each A, and nothing that is not accounted for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from rec_assets.training.day_counts import FACTS
from resources.records import Row

# Fields of H that are read, the embedding for its length alone.
FIELDS: Final = tuple(
    dict.fromkeys(
        (
            *FACTS,
            "source_paraphrase_event_id",
            "ground_truth",
            "embedding",
            "encoder_version",
            "arrived_on",
        )
    )
)


def example_faults(
    examples: Sequence[Row], asked: Mapping[str, Row], runs: Mapping[str, Row], until: str
) -> Iterator[tuple[str, str]]:
    """What is wrong with H of some users, as kind and offender.

    `asked` (A) and `runs` (B) are by id. An A that arrived after the day `until` may be missing:
    the day on which it arrived redoes this one.
    """
    joined = {row["_id"] for row in examples}
    for name, event in sorted(asked.items()):
        if name not in joined and event["arrived_on"] <= until:
            yield "A without a row of H", name
    for row in examples:
        name, source = row["_id"], row["source_paraphrase_event_id"]
        if name not in asked:
            yield "row of H without its A", name
        if row["executed"] != (source is not None):
            yield "row of H whose B and `executed` disagree", name
        elif source is not None and source not in runs:
            yield "row of H executed without its B", name
        elif source is not None and runs[source]["source_recommend_event_id"] != name:
            yield "row of H executed by another A's B", name
        if row["accepted"] and (not row["executed"] or row["ground_truth"] is None):
            yield "row of H accepted without its ground truth", name


def contradictions(
    selections: Iterable[Row],
    chosen: Mapping[str, int | None],
    runs: Mapping[str, Row],
    asked: Mapping[str, Row],
) -> dict[str, list[Row]]:
    """C that reject while their D (`chosen`: its selected index, by id) has a choice, by their A.

    What H drops has none to tell: C without its B or of another user's, B likewise.
    """
    made = defaultdict[str, list[Row]](list)
    for selection in selections:
        if selection["accepted"] or chosen.get(selection["correction_history_id"]) is None:
            continue
        run = runs.get(selection["source_paraphrase_event_id"])
        event = asked.get(run["source_recommend_event_id"]) if run else None
        if run and event and selection["user_id"] == run["user_id"] == event["user_id"]:
            made[event["_id"]].append(selection)
    return made


def contradiction_faults(
    examples: Iterable[Row], made: Mapping[str, Sequence[Row]], until: str
) -> Iterator[tuple[str, str]]:
    """Whether H's `error` is what C and D say, as kind and offender.

    A C that arrived after the day `until` may be untold: the day on which it came redoes this one.
    """
    for row in examples:
        name, told = row["_id"], row["error"] is not None
        due = [c["_id"] for c in made.get(name, ()) if c["arrived_on"] <= until]
        if due and not told:
            yield "contradiction that H does not tell", f"C {min(due)} of A {name}"
        if told and name not in made:
            yield "row of H that tells a contradiction which C and D do not show", name


def account_faults(
    day: str, counted: Mapping[str, int], kept: Row | None
) -> Iterator[tuple[str, str]]:
    """Whether what the asset counted of the day is what stands, as kind and offender.

    `counted`: runs (B), late_runs (of them, that arrived later), joined (B that H knows), and the
    contradictions in H. `kept`: the asset's own counts of the day; fewer may stand since, where a
    person was erased.
    """
    if kept is None:
        yield "day whose H was never counted", day
        return
    dropped = sum(number for why, number in kept["dropped"].items() if why.startswith("B "))
    if counted["runs"] - counted["joined"] - dropped > counted["late_runs"]:
        numbers = f"{counted['runs']} B, {counted['joined']} in H, {dropped} dropped"
        yield "day whose B are not accounted for", f"{day}: {numbers}"
    if counted["contradictions"] > kept["contradictions"]:
        numbers = f"{counted['contradictions']} in H, {kept['contradictions']} counted"
        yield "day whose contradictions are not accounted for", f"{day}: {numbers}"
