"""J: users grouped by what they prefer, each group's preferences shrunk to the population's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rec_api.shrinkage import CLUSTER, embedding, pooled, population, shrink_group, shrink_user
from rec_assets.grouping import choose_groups, match_centroids, nearest
from rec_assets.profiles.evidence import evidence_at
from resources.preferences import Cluster, Evidence, Floats, Preferences
from resources.records import ClusterMember, ClusterProfile, Row

POPULATION = "population"
KS = range(5, 11)


@dataclass(frozen=True)
class Crowd:
    """Every user's decayed evidence on a day, users in order."""

    users: tuple[str, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Followed:
    """Where the people of a cluster of the day before are now, whatever clusters they are in."""

    cluster_id: str
    users: int  # those of them who are in G
    centre: Floats  # mean of their embeddings today, shape (14,)


@dataclass(frozen=True)
class Grouping:
    """J of a day."""

    population: Cluster
    clusters: tuple[Cluster, ...]
    members: tuple[tuple[str, str, float], ...]  # user, cluster, distance to its centroid
    last_number: int  # of the ids given so far, this day's among them
    reason: str
    followed: tuple[Followed, ...] = ()


def crowd_on(day: str, profiles: Sequence[Row]) -> Crowd:
    """The users of G with evidence on or before `day`."""
    rows = sorted(profiles, key=lambda row: row["_id"])
    kept = [row for row in rows if row["base"] or any(d <= day for d in row["evidence"])]
    return Crowd(
        tuple(row["_id"] for row in kept),
        tuple(evidence_at(row["evidence"], row["base"], day) for row in kept),
    )


def join(crowds: Sequence[Crowd]) -> Crowd:
    """Several shards' crowds as one, users in order."""
    pairs = sorted(
        (pair for crowd in crowds for pair in zip(crowd.users, crowd.evidence, strict=True)),
        key=lambda pair: pair[0],
    )
    return Crowd(tuple(user for user, _ in pairs), tuple(counts for _, counts in pairs))


def group_users(
    crowd: Crowd,
    previous: Mapping[str, Sequence[float]],
    last_number: int,
    *,
    members_before: Mapping[str, str],
    house_language: str,
    seed: int,
) -> Grouping:
    """K-Means on the users' embeddings; ids of the day before go on where groups do.

    `previous` holds yesterday's centroids by cluster id, `members_before` yesterday's cluster of
    each user, `last_number` counts the ids ever given: one that is gone does not come back as
    another group's. With fewer users than groups could be
    told apart there is the population alone.
    """
    total = pooled(crowd.evidence)
    everybody = population(total, house_language)
    whole = Cluster(POPULATION, everybody, embedding(everybody), len(crowd.users))
    if len(crowd.users) < 2 * KS[0]:
        reason = f"{len(crowd.users)} users are too few for {KS[0]} groups"
        return Grouping(whole, (), (), last_number, reason)
    points = np.stack([embedding(shrink_user(counts, everybody)) for counts in crowd.evidence])
    start = np.array([previous[k] for k in sorted(previous)]) if previous else None
    groups = choose_groups(points, ks=list(KS), seed=seed, start=start)
    names, last_number = _names(groups.centroids, previous, last_number)
    clusters = tuple(
        _cluster(
            names[k], crowd, np.flatnonzero(groups.labels == k), groups.centroids[k], everybody
        )
        for k in range(groups.k)
    )
    distances = np.linalg.norm(points - groups.centroids[groups.labels], axis=1)
    members = tuple(
        (user, names[k], float(d))
        for user, k, d in zip(crowd.users, groups.labels, distances, strict=True)
    )
    ordered = tuple(sorted(clusters, key=lambda cluster: cluster.cluster_id))
    followed = _followed(crowd.users, points, members_before)
    return Grouping(whole, ordered, members, last_number, groups.reason, followed)


def _followed(
    users: Sequence[str], points: Floats, members_before: Mapping[str, str]
) -> tuple[Followed, ...]:
    """The former clusters' people today, by id; users who were in none are left out."""
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for k, user in enumerate(users):
        if user in members_before:
            rows[members_before[user]].append(k)
    return tuple(
        Followed(name, len(of), points[of].mean(axis=0)) for name, of in sorted(rows.items())
    )


def _names(
    centroids: Floats, previous: Mapping[str, Sequence[float]], last_number: int
) -> tuple[list[str], int]:
    """The id of each centroid, and the last number given.

    It is yesterday's id where the group goes on: matched to yesterday's, and to no other nearer.
    """
    before = sorted(previous)
    matched = closest = [-1] * len(centroids)
    if before:
        then = np.array([previous[name] for name in before])
        matched, closest = match_centroids(then, centroids), nearest(centroids, then).tolist()
    names = []
    for match, near in zip(matched, closest, strict=True):
        if match >= 0 and match == near:
            names.append(before[match])
        else:
            last_number += 1
            names.append(f"c{last_number:02d}")
    return names, last_number


def _cluster(
    name: str, crowd: Crowd, members: NDArray[np.int64], centroid: Floats, above: Preferences
) -> Cluster:
    within = pooled(crowd.evidence[k] for k in members)
    return Cluster(name, shrink_group(within, above, CLUSTER), centroid, len(members))


def cluster_row(day: str, cluster: Cluster) -> ClusterProfile:
    """J as a record."""
    p = cluster.preferences
    return ClusterProfile(
        id=f"{day}/{cluster.cluster_id}",
        day=day,
        cluster_id=cluster.cluster_id,
        centroid_embedding=cluster.centroid.tolist(),
        category_vector=p.category.tolist(),
        strength_vector=p.strength.tolist(),
        language_vector=p.language.tolist(),
        text_language_vector=p.text_language.tolist(),
        strength_by_category=p.strength_by_category.tolist(),
        language_by_text_language=p.language_by_text_language.tolist(),
        user_count=cluster.user_count,
    )


def cluster_of(row: ClusterProfile) -> Cluster:
    """The record in array form."""
    preferences = Preferences(
        np.array(row.category_vector),
        np.array(row.strength_vector),
        np.array(row.language_vector),
        np.array(row.text_language_vector),
        np.array(row.strength_by_category),
        np.array(row.language_by_text_language),
    )
    return Cluster(row.cluster_id, preferences, np.array(row.centroid_embedding), row.user_count)


def member_row(day: str, member: tuple[str, str, float]) -> ClusterMember:
    """Whose cluster is which, as a record."""
    user, cluster_id, distance = member
    return ClusterMember(
        id=f"{day}/{user}", day=day, user_id=user, cluster_id=cluster_id, distance=distance
    )


def followed_row(of: Followed) -> Row:
    """Where a former cluster's people are now, as the day's manifest holds it."""
    return {"cluster_id": of.cluster_id, "users": of.users, "centre": of.centre.tolist()}
