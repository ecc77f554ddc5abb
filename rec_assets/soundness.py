"""What a sound table looks like: pure functions that name what is wrong, in sentences."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import numpy as np

from rec_assets.clusters.clusters import POPULATION
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES
from resources.preferences import Cluster
from resources.records import Row

TOLERANCE: Final = 1e-9
VECTORS: Final = {
    "preferred_category_vector": len(CATEGORIES),
    "preferred_strength_vector": len(INTENSITIES),
    "preferred_language_vector": len(LANGUAGES),
}
EMBEDDING: Final = sum(VECTORS.values())


def example_faults(examples: Sequence[Row], asked: int) -> list[str]:
    """H of a day against the number of its A."""
    faults = []
    if len(examples) != asked:
        faults.append(f"{len(examples)} examples for {asked} recommendations")
    for row in examples:
        if row["executed"] != (row["source_paraphrase_event_id"] is not None):
            faults.append(f"{row['_id']}: executed is {row['executed']} without matching B")
        if row["accepted"] and row["ground_truth"] is None:
            faults.append(f"{row['_id']}: accepted without a ground truth")
    return faults


def profile_faults(row: Row) -> list[str]:
    """A row of G."""
    faults = [
        f"{row['_id']}: {name} is no distribution of {length}"
        for name, length in VECTORS.items()
        if not is_distribution(row[name], length)
    ]
    length = float(np.linalg.norm(row["user_embedding_v1"]))
    if len(row["user_embedding_v1"]) != EMBEDDING or abs(length - np.sqrt(3)) > 1e-6:
        faults.append(f"{row['_id']}: user_embedding_v1 has length {length:.6f}, not √3")
    if any(cell[-1] <= 0 for cells in row["evidence"].values() for cell in cells):
        faults.append(f"{row['_id']}: evidence holds a count that is not positive")
    return faults


def cluster_faults(clusters: Mapping[str, Cluster]) -> list[str]:
    """J of a day."""
    if POPULATION not in clusters:
        return ["there is no population row"]
    faults = []
    for name, cluster in sorted(clusters.items()):
        p = cluster.preferences
        rows = (
            p.category, p.strength, p.language, p.text_language,
            *p.strength_by_category, *p.language_by_text_language,
        )  # fmt: skip
        if not all(is_distribution(row, len(row)) for row in rows):
            faults.append(f"cluster {name}: a vector is no distribution")
    return faults


def membership_faults(
    users: Collection[str], members: Mapping[str, str], clusters: Mapping[str, Cluster]
) -> list[str]:
    """Whether J covers G: every user in one cluster that exists."""
    if len(clusters) <= 1:  # too few users for groups: the population serves
        return []
    faults = [f"user {user} is in no cluster" for user in sorted(set(users) - set(members))]
    faults += [f"user {user} is in J but not in G" for user in sorted(set(members) - set(users))]
    unknown = sorted({name for name in members.values() if name not in clusters})
    return faults + [f"cluster {name} has members but no row" for name in unknown]


def is_distribution(values: Sequence[float] | np.ndarray, length: int) -> bool:
    """Finite, not negative, of this length, with sum 1."""
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (length,) or not np.isfinite(array).all():
        return False
    return bool((array >= 0).all() and abs(array.sum() - 1) <= TOLERANCE)
