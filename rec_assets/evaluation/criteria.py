"""The exit criteria as figures, and the sentences in which they are printed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rec_assets.evaluation.judgement import (
    Share,
    Verdict,
    most_frequent_first,
    paired_difference,
    wilson,
)
from rec_assets.personas.persona import Persona
from resources.records import Row

Figures = dict[str, Any]


@dataclass
class ChainCounts:
    """Criterion 1: A, and what followed; orphans break a chain."""

    recommendations: int = 0
    simulated: int = 0  # of the recommendations
    runs: int = 0
    selections: int = 0
    complete: int = 0  # A with a B with a C
    rejected: int = 0  # C that took nothing
    orphan_runs: int = 0
    orphan_selections: int = 0

    def __add__(self, other: ChainCounts) -> ChainCounts:
        """The counts of both together, of days that share no chain."""
        theirs = vars(other)
        return ChainCounts(**{name: mine + theirs[name] for name, mine in vars(self).items()})


def count_chains(
    events: Iterable[str], runs: Iterable[Row], selections: Iterable[Row]
) -> ChainCounts:
    """From the ids of A, and B and C with their sources."""
    asked = set(events)
    counts = ChainCounts(recommendations=len(asked))
    event_of: dict[str, str] = {}
    for run in runs:
        counts.runs += 1
        counts.orphan_runs += run["source_recommend_event_id"] not in asked
        event_of[run["_id"]] = run["source_recommend_event_id"]
    complete = set()
    for selection in selections:
        counts.selections += 1
        counts.rejected += not selection["accepted"]
        event = event_of.get(selection["source_paraphrase_event_id"])
        counts.orphan_selections += event not in asked
        if event in asked:
            complete.add(event)
    counts.complete = len(complete)
    return counts


def exit_criteria(
    chains: ChainCounts,
    profiles: Figures,
    personas: Sequence[Persona],
    verdicts: Sequence[Verdict],
    seed: int,
) -> Figures:
    """The figures of the three criteria; shares are of simulated users, with 95 % intervals.

    Chains are live ones too: `simulated_chains` says how many are bots'. Who has no text to ask
    with is counted by persona under `users_without_text`, and not judged.
    """
    silent = Counter(v.persona for v in verdicts if not v.texts)
    verdicts = [v for v in verdicts if v.texts]
    judged = len(verdicts)
    first = wilson(sum(v.hit for v in verdicts), judged)
    plain = wilson(sum(v.hit_unpersonalized for v in verdicts), judged)
    ceiling = wilson(sum(v.mode_is_persona for v in verdicts), judged)
    own = {p.name: (p.preferred_category, p.preferred_intensity) for p in personas}
    frequent = most_frequent_first(verdicts)
    return {
        "judged_origin": "simulation",
        "chains": chains.recommendations,
        "simulated_chains": chains.simulated,
        "complete_chains": chains.complete,
        "rejections": chains.rejected,
        "orphans": {"B": chains.orphan_runs, "C": chains.orphan_selections},
        "profiles": profiles,
        "users_judged": judged,
        "users_judged_by_persona": dict(sorted(Counter(v.persona for v in verdicts).items())),
        "users_without_text": dict(sorted(silent.items())),
        "persona_first": _share(first),
        "persona_first_unpersonalized": _share(plain),
        "persona_first_ceiling": _share(ceiling),
        "persona_first_of_ceiling": first.value / ceiling.value if ceiling.value > 0 else None,
        "gain": _share(paired_difference(verdicts, seed)),
        "most_frequent_first": {
            name: {"first": "/".join(option), "own": option == own[name]}
            for name, option in frequent.items()
        },
    }


def _share(share: Share) -> Figures:
    return {name: None if math.isnan(of) else of for name, of in asdict(share).items()}
