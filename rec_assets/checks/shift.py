"""How far the clusters moved since the day before, and how far they may.

What a day brings moves clusters rightly, the more the larger its part in all evidence: on a second
day half of it is new, after months a twentieth. Both bounds grow with that part. They were set from
25 pairs of days of five seeds at the default size and 12 of three wheels of 15 users (simulation):
users' mean shift was at most .21, that of a cluster at most .28, also where the number of clusters
changed. Evidence a hundred times as heavy moved users by up to .71, clusters by .76 (new part .99).
Planted jumps: categories exchanged .59 to .89, languages .59 to .92, all categories made equal .43
to .62 for users; intensities exchanged .27 to .40, which is seen only once the new part is small.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from rec_assets.checks.finding import Finding
from rec_assets.clusters.clusters import POPULATION
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES
from resources.preferences import Cluster

# Distances are Euclidean between rows of square roots (Hellinger's, three blocks): at most √6.
USERS_SHIFT, CLUSTER_SHIFT = 0.25, 0.35
PER_NEW: Final = 0.5  # more where all evidence is new
JUDGED_FROM: Final = 5  # users on both days: a smaller cluster follows single people
WORDS: Final = (*CATEGORIES, *INTENSITIES, *LANGUAGES)
TOLD: Final = 5


def shift_finding(
    now: Mapping[str, Cluster],
    before: Mapping[str, Cluster],
    moves: Counter[tuple[str, str]],
    new_part: float,
) -> Finding:
    """Fails when a cluster that goes on, or users on average, moved more than the day explains.

    `moves` counts users by their cluster of the day before and of the day, `new_part` is the day's
    share of all executed sessions (decayed). A first day has nothing to be compared with.
    """
    kept = {pair: n for pair, n in moves.items() if pair[0] in before and pair[1] in now}
    if not kept:
        return Finding(True, "no clusters of the day before to compare with", {})
    users = {pair: _distance(now[pair[1]], before[pair[0]]) for pair in kept}
    mean = sum(users[pair] * n for pair, n in kept.items()) / sum(kept.values())
    clusters = {name: _distance(now[name], before[name]) for name in _judged(now, before)}
    most_users, most_cluster = (of + PER_NEW * new_part for of in (USERS_SHIFT, CLUSTER_SHIFT))
    far = {name: shift for name, shift in sorted(clusters.items()) if shift > most_cluster}
    figures: dict[str, Any] = {
        "users_mean_shift": mean,
        "users_most": most_users,
        "cluster_shifts": {name: round(shift, 4) for name, shift in sorted(clusters.items())},
        "cluster_most": most_cluster,
        "new_part_of_evidence": new_part,
        "judged_from_users": JUDGED_FROM,
    }
    told = f"users moved by {mean:.2f} on average ({most_users:.2f} is the bound)"
    if mean <= most_users and not far:
        most = max(clusters.values(), default=0.0)
        return Finding(
            True, f"{told}, clusters by {most:.2f} at most ({most_cluster:.2f})", figures
        )
    reasons = [f"{told}: {_largest(kept, users)}"] if mean > most_users else []
    moved = {name: _from_to(now[name], before[name]) for name in far}
    reasons += [
        f"cluster {name} moved by {far[name]:.2f} ({most_cluster:.2f} is the bound): {moved[name]}"
        for name in list(far)[:TOLD]
    ]
    return Finding(False, "; ".join(reasons), figures, {"clusters": moved})


def _judged(now: Mapping[str, Cluster], before: Mapping[str, Cluster]) -> list[str]:
    return sorted(
        name
        for name in now.keys() & before.keys() - {POPULATION}
        if min(now[name].user_count, before[name].user_count) >= JUDGED_FROM
    )


def _distance(now: Cluster, before: Cluster) -> float:
    return float(np.linalg.norm(now.centroid - before.centroid))


def _largest(kept: Mapping[tuple[str, str], int], far: Mapping[tuple[str, str], float]) -> str:
    """The moves that make up most of the mean."""
    order = sorted(kept, key=lambda pair: (-far[pair] * kept[pair], pair))[:TOLD]
    return ", ".join(
        f"{kept[pair]:,} users from {pair[0]} to {pair[1]} by {far[pair]:.2f}" for pair in order
    )


def _from_to(now: Cluster, before: Cluster) -> str:
    """The three shares that changed most: the squares of the centroid's roots."""
    then, there = before.centroid**2, now.centroid**2
    order = sorted(range(len(WORDS)), key=lambda k: (-abs(there[k] - then[k]), k))[:3]
    return ", ".join(f"{WORDS[k]} {then[k]:.2f} → {there[k]:.2f}" for k in order)
