"""G: a user's row from the evidence and the preferences of the group above."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rec_api.shrinkage import embedding, shrink_user
from rec_assets.profiles.evidence import (
    Cells,
    cells_of,
    evidence_at,
    fold,
    last_day,
    replace_day,
    totals,
)
from resources.preferences import Preferences
from resources.records import Row, UserProfile
from resources.row_keys import shard_of

DAY_MS = 86_400_000


@dataclass(frozen=True)
class Above:
    """J of the day before: the population, each cluster, and whose cluster is which."""

    population: Preferences
    clusters: Mapping[str, Preferences]
    members: Mapping[str, str]

    def of(self, user_id: str) -> tuple[str | None, Preferences]:
        """The user's cluster of that day and its preferences; the population when there is none."""
        cluster_id = self.members.get(user_id)
        if cluster_id is None or cluster_id not in self.clusters:
            return None, self.population
        return cluster_id, self.clusters[cluster_id]


def cells_by_user(examples: Iterable[Row]) -> dict[str, Cells]:
    """The day's cells of each user with an executed session."""
    rows: defaultdict[str, list[Row]] = defaultdict(list)
    for row in examples:
        rows[row["user_id"]].append(row)
    return {user: cells for user, of_user in sorted(rows.items()) if (cells := cells_of(of_user))}


def with_day(
    current: UserProfile | None, day: str, cells: Cells
) -> tuple[dict[str, Cells], dict[str, Any] | None]:
    """Evidence and base of a user once `day` holds `cells`; older days folded."""
    evidence = current.evidence if current else {}
    base = current.base if current else None
    replaced = replace_day(evidence, base, day, cells)
    return fold(replaced, base, max(replaced, default=day))


def profile(
    user_id: str, evidence: Mapping[str, Cells], base: dict[str, Any] | None, above: Above
) -> UserProfile:
    """G as of the user's last day with evidence, shrunk to J of the day before it."""
    day = last_day(evidence, base)
    assert day is not None, f"{user_id} has no evidence"
    counts = evidence_at(evidence, base, day)
    cluster_id, preferences = above.of(user_id)
    own = shrink_user(counts, preferences)
    alike = preferences is above.population
    comparable = own if alike else shrink_user(counts, above.population)
    executed, accepted, simulated = totals(evidence, base)
    return UserProfile(
        id=user_id,
        user_id=user_id,
        created_at=_end_of(day),
        day=day,
        arrived_on=day,
        shard=shard_of(user_id),
        origin="simulation" if simulated == executed else "live",
        evidence=dict(evidence),
        base=base,
        preferred_category_vector=own.category.tolist(),
        preferred_strength_vector=own.strength.tolist(),
        preferred_language_vector=own.language.tolist(),
        recommend_accept_rate=accepted / executed if executed else None,
        paraphrase_execution_count=executed,
        user_embedding_v1=embedding(comparable).tolist(),
        cluster_id=cluster_id,
        executed_sessions=counts.n,
        simulated_share=simulated / executed if executed else 0.0,
    )


def _end_of(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000) + DAY_MS - 1
