"""J of a day: whether its vectors are sound, and whether it covers G."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby
from typing import Any

from rec_api.shrinkage import decay
from rec_assets.checks.finding import Faults
from rec_assets.checks.profiles import is_distribution
from rec_assets.clusters.clusters import POPULATION
from rec_assets.days import days_between
from resources.preferences import Cluster
from resources.records import Row

Member = tuple[str, str]  # user, cluster


def cluster_faults(clusters: Mapping[str, Cluster]) -> Iterator[tuple[str, str]]:
    """What is wrong with J's own rows, as kind and offender."""
    if POPULATION not in clusters:
        yield "day without its population row", "population"
    for name, cluster in sorted(clusters.items()):
        p = cluster.preferences
        rows = (
            p.category, p.strength, p.language, p.text_language,
            *p.strength_by_category, *p.language_by_text_language,
        )  # fmt: skip
        if not all(is_distribution(row, len(row)) for row in rows):
            yield "cluster with a vector that is no distribution", name


@dataclass
class Cover:
    """How J lies over G: faults, and what is new."""

    faults: Faults = field(default_factory=Faults)
    users: int = 0
    sessions: float = 0.0  # executed ones, decayed to the day
    of_the_day: int = 0  # of them


def cover(
    day: str,
    profiles: Iterable[Row],
    members: Iterable[Member],
    clusters: Mapping[str, Cluster],
) -> Cover:
    """Users of G and of J side by side, both ordered by user.

    Two people at a time are in memory. With the population alone nobody needs a cluster.
    """
    found = Cover()
    decays = _Decays(day)
    rows = merge(
        ((row["_id"], 0, row) for row in profiles if decays.counts(row)),
        ((user, 1, name) for user, name in members),
        key=lambda row: row[:2],
    )
    for user, own in groupby(rows, key=lambda row: row[0]):
        values: dict[int, Any] = {kind: value for _, kind, value in own}
        found.faults.add_all(_membership_faults(user, values, clusters))
        if 0 in values:
            found.users += 1
            found.sessions += decays.sessions(values[0])
            found.of_the_day += sum(cell[-1] for cell in values[0]["evidence"].get(day, ()))
    return found


def _membership_faults(
    user: str, values: Mapping[int, Any], clusters: Mapping[str, Cluster]
) -> Iterator[tuple[str, str]]:
    if 0 in values and 1 not in values and len(clusters) > 1:
        yield "user of G in no cluster", user
    if 1 in values and 0 not in values:
        yield "user in J but not in G", user
    if 1 in values and values[1] not in clusters:
        yield "user of a cluster without a row", f"{user} in {values[1]}"


class _Decays:
    """Executed sessions of a user up to a day, older ones weighing less; G's own arithmetic."""

    def __init__(self, day: str) -> None:
        self._day = day
        self._of: dict[str, float] = {}

    def counts(self, row: Row) -> bool:
        """Whether the user has evidence on or before the day."""
        return bool(row["base"]) or any(past <= self._day for past in row["evidence"])

    def sessions(self, row: Row) -> float:
        """The decayed number."""
        base = row["base"]
        total = base["n"] * self._at(base["day"]) if base and base["day"] <= self._day else 0.0
        for past, cells in row["evidence"].items():
            if past <= self._day:
                total += self._at(past) * sum(cell[-1] for cell in cells)
        return float(total)

    def _at(self, past: str) -> float:
        if past not in self._of:
            self._of[past] = decay(days_between(past, self._day))
        return self._of[past]
