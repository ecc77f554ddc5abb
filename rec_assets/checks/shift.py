"""How far the people of yesterday's clusters moved since, and how far they may.

K-Means may deal people out anew and choose another number of clusters: that is no fault, and
centres of clusters with one name then lie far apart (.47 seen on a sound day). So the same people
are followed: the centre that a cluster's people had the day before against the centre of these
people today, in whatever clusters they are now.

What a day brings moves people rightly, the more the larger its part in all evidence: on a second
day half of it is new, after months a twentieth. The bound grows with that part. It was set from 752
pairs of days of wheels of 15 to 119 users (simulation): a cluster's people moved by at most .08
where less than 6 % was new, .13 below 22 %, .17 below 40 %, .26 on second days, and by .35 on a
day a hundred times as heavy (93 % new). Planted for the people of one cluster alone: categories
exchanged at least .46, languages .63; intensities .10 to .28, which is seen in part only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from rec_assets.checks.finding import Finding
from rec_assets.clusters.clusters import Followed
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES
from resources.preferences import Cluster

# Distances are Euclidean between rows of square roots (Hellinger's, three blocks): at most √6.
SHIFT: Final = 0.12
PER_NEW: Final = 0.45  # more where all evidence is new
JUDGED_FROM: Final = 5  # people: a smaller cluster follows single ones
WORDS: Final = (*CATEGORIES, *INTENSITIES, *LANGUAGES)
TOLD: Final = 5


def shift_finding(
    followed: Sequence[Followed], before: Mapping[str, Cluster], new_part: float
) -> Finding:
    """Fails when a former cluster's people, or all on average, moved more than the day explains.

    `followed`: where the people of the clusters `before` are today; `new_part`: the day's share of
    all executed sessions (decayed). A first day has nothing to be compared with.
    """
    kept = [of for of in followed if of.cluster_id in before]
    if not kept:
        return Finding(True, "no clusters of the day before to compare with", {})
    shifts = {of.cluster_id: _distance(of, before[of.cluster_id]) for of in kept}
    people = sum(of.users for of in kept)
    mean = sum(shifts[of.cluster_id] * of.users for of in kept) / people
    most = SHIFT + PER_NEW * new_part
    judged = [of for of in kept if of.users >= JUDGED_FROM]
    far = [of for of in judged if shifts[of.cluster_id] > most]
    figures: dict[str, Any] = {
        "mean_shift": mean,
        "cluster_shifts": {of.cluster_id: round(shifts[of.cluster_id], 4) for of in judged},
        "most": most,
        "new_part_of_evidence": new_part,
        "judged_from_users": JUDGED_FROM,
    }
    told = f"{people:,} users moved by {mean:.2f} on average ({most:.2f} is the bound)"
    if mean <= most and not far:
        furthest = max((shifts[of.cluster_id] for of in judged), default=0.0)
        return Finding(True, f"{told}, those of a cluster by {furthest:.2f} at most", figures)
    order = sorted(far or kept, key=lambda of: (-shifts[of.cluster_id] * of.users, of.cluster_id))
    moved = {of.cluster_id: _from_to(of, before[of.cluster_id]) for of in order[:TOLD]}
    reasons = [
        f"the {of.users:,} of {of.cluster_id} by {shifts[of.cluster_id]:.2f}: {words}"
        for of, words in zip(order, moved.values(), strict=False)
    ]
    return Finding(False, f"{told}, {'; '.join(reasons)}", figures, {"clusters": moved})


def _distance(now: Followed, before: Cluster) -> float:
    return float(np.linalg.norm(now.centre - before.centroid))


def _from_to(now: Followed, before: Cluster) -> str:
    """The shares that changed most, three at most: the squares of the centres' roots."""
    then, there = before.centroid**2, now.centre**2
    order = sorted(range(len(WORDS)), key=lambda k: (-abs(there[k] - then[k]), k))[:3]
    told = [(WORDS[k], f"{then[k]:.2f}", f"{there[k]:.2f}") for k in order]
    return ", ".join(f"{word} {was} → {is_now}" for word, was, is_now in told if was != is_now)
