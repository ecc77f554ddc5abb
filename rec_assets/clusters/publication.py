"""G and J in the form that serving reads, under one version."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from rec_assets.clusters.clusters import POPULATION
from rec_assets.profiles.evidence import evidence_at, totals
from resources.errors import Mendable
from resources.preferences import Cluster, ServedClusters, ServedProfile
from resources.records import Row


class NothingToServe(Mendable, ValueError):
    """A day's J is not in the store."""


def served_clusters(day: str, clusters: Mapping[str, Cluster]) -> ServedClusters:
    """All of J; the version names the day and the content."""
    if POPULATION not in clusters:
        raise NothingToServe(f"cluster_profiles of {day} is missing: materialize it first")
    ordered = tuple(clusters[name] for name in sorted(clusters) if name != POPULATION)
    population = clusters[POPULATION]
    digest = hashlib.sha256()
    for cluster in (population, *ordered):
        digest.update(cluster.cluster_id.encode())
        digest.update(np.float64(cluster.user_count).tobytes())
        for part in (*_blocks(cluster), cluster.centroid):
            digest.update(np.ascontiguousarray(part).tobytes())
    return ServedClusters(f"{day}-{digest.hexdigest()[:12]}", day, population, ordered)


def served_profiles(
    rows: Iterable[Row], members: Mapping[str, str], day: str
) -> Iterator[tuple[str, ServedProfile]]:
    """Each user of G with the evidence of the days up to `day`, as of it."""
    for row in rows:
        evidence = {d: cells for d, cells in row["evidence"].items() if d <= day}
        if not evidence and row["base"] is None:
            continue
        executed, accepted, _ = totals(evidence, row["base"])
        yield (
            row["_id"],
            ServedProfile(
                evidence=evidence_at(evidence, row["base"], day),
                day=day,
                cluster_id=members.get(row["_id"]),
                accept_rate=accepted / executed if executed else None,
                executions=executed,
            ),
        )


def _blocks(cluster: Cluster) -> tuple[np.ndarray, ...]:
    p = cluster.preferences
    return (
        p.category,
        p.strength,
        p.language,
        p.text_language,
        p.strength_by_category,
        p.language_by_text_language,
    )
