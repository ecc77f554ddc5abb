"""J: who belongs to which group, and ids that stay while groups do."""

from __future__ import annotations

from dataclasses import fields
from functools import cache

import numpy as np
import pytest

from rec_api.shrinkage import (
    CLUSTER,
    embedding,
    pooled,
    population,
    shrink_group,
    shrink_user,
)
from rec_assets.clusters.clusters import (
    POPULATION,
    Crowd,
    Grouping,
    crowd_on,
    group_users,
    join,
)
from resources.options import CATEGORIES
from resources.preferences import Cluster, Evidence
from resources.records import Row

Tastes = tuple[tuple[int, int, int], ...]
SIX: Tastes = ((0, 2, 0), (1, 1, 1), (2, 0, 2), (3, 1, 3), (4, 2, 1), (5, 0, 0))
PER_TASTE = 12


def user_of(taste: tuple[int, int, int], dice: np.random.Generator) -> Evidence:
    """About forty sessions of one option, and a few of any."""
    category, intensity, language = taste
    ci, ltl = dice.random((7, 3)), dice.random((4, 4))
    ci[category, intensity] += 40
    ltl[language, language] += 40
    return Evidence(ci, ltl, 60.0)


def crowd_of(tastes: Tastes, seed: int = 1) -> Crowd:
    """A dozen users of each taste, in the order of their ids."""
    dice = np.random.default_rng(seed)
    users = {
        f"{'-'.join(map(str, taste))}-{k:02d}": user_of(taste, dice)
        for taste in tastes
        for k in range(PER_TASTE)
    }
    return Crowd(tuple(sorted(users)), tuple(users[name] for name in sorted(users)))


def grouped(crowd: Crowd, yesterday: Grouping | None = None) -> Grouping:
    before = {k.cluster_id: k.centroid.tolist() for k in yesterday.clusters} if yesterday else {}
    last_number = yesterday.last_number if yesterday else 0
    members = {user: name for user, name, _ in yesterday.members} if yesterday else {}
    return group_users(
        crowd, before, last_number, members_before=members, house_language="ko", seed=3
    )


def by_taste(grouping: Grouping) -> dict[str, str]:
    """The cluster of each taste; every user of a taste must be in the same."""
    found = {(user.rpartition("-")[0], cluster) for user, cluster, _ in grouping.members}
    assert len(found) == len({taste for taste, _ in found})
    return dict(found)


def same(one: Cluster, other: Cluster) -> bool:
    blocks = [field.name for field in fields(one.preferences)]
    return (one.cluster_id, one.user_count) == (other.cluster_id, other.user_count) and all(
        np.array_equal(getattr(one.preferences, b), getattr(other.preferences, b)) for b in blocks
    )


@cache
def first_grouping() -> Grouping:
    return grouped(crowd_of(SIX))


def test_users_of_one_taste_are_one_group() -> None:
    assert sorted(by_taste(first_grouping()).values()) == ["c01", "c02", "c03", "c04", "c05", "c06"]
    assert [cluster.user_count for cluster in first_grouping().clusters] == [PER_TASTE] * 6


def test_everybody_is_a_member_of_a_group_that_exists() -> None:
    assert tuple(user for user, _, _ in first_grouping().members) == crowd_of(SIX).users
    sizes = {k.cluster_id: k.user_count for k in first_grouping().clusters}
    assert {name for _, name, _ in first_grouping().members} == set(sizes)
    assert sum(sizes.values()) == first_grouping().population.user_count == 6 * PER_TASTE


def test_ids_stay_while_the_groups_do() -> None:
    second = grouped(crowd_of(SIX, seed=2), first_grouping())
    third = grouped(crowd_of(SIX[::-1], seed=5), second)
    assert by_taste(first_grouping()) == by_taste(second) == by_taste(third)
    assert third.last_number == 6


def test_the_id_of_a_group_that_vanished_is_not_given_to_another() -> None:
    gone = by_taste(first_grouping())["5-0-0"]
    fewer = grouped(crowd_of(SIX[:5]), first_grouping())
    assert gone not in by_taste(fewer).values()
    more = grouped(crowd_of((*SIX[:5], (6, 0, 3))), fewer)
    assert by_taste(more) == by_taste(fewer) | {"6-0-3": "c07"}


def test_a_new_group_is_not_taken_for_the_one_that_vanished_the_same_day() -> None:
    tastes = (*SIX[:5], (0, 0, 3))
    changed = by_taste(grouped(crowd_of(tastes), first_grouping()))
    assert changed.pop("0-0-3") == "c07"
    assert changed.items() < by_taste(first_grouping()).items()


def test_ids_go_on_after_a_day_with_too_few_users() -> None:
    nobody = grouped(Crowd((), ()), first_grouping())
    assert min(by_taste(grouped(crowd_of(SIX), nobody)).values()) == "c07"


def test_j_is_normalised_in_every_block() -> None:
    for cluster in (first_grouping().population, *first_grouping().clusters):
        for field in fields(cluster.preferences):
            rows = getattr(cluster.preferences, field.name)
            assert rows.sum(-1) == pytest.approx(1, abs=1e-12)
            assert (rows > 0).all()


def test_a_group_is_its_members_evidence_shrunk_to_the_populations() -> None:
    crowd, name = crowd_of(SIX), by_taste(first_grouping())["3-1-3"]
    own = [e for u, e in zip(crowd.users, crowd.evidence, strict=True) if u.startswith("3-1-3")]
    ci, ltl = sum(e.ci for e in own), sum(e.ltl for e in own)
    above = population(pooled(crowd.evidence), "ko")
    wanted = shrink_group(Evidence(np.array(ci), np.array(ltl), 0.0), above, CLUSTER)
    found = next(k for k in first_grouping().clusters if k.cluster_id == name).preferences
    assert found.category == pytest.approx(wanted.category, abs=1e-12)
    assert CATEGORIES[int(found.category.argmax())] == "email"


def test_a_distance_is_that_of_the_users_embedding_to_the_centroid() -> None:
    crowd, centroids = crowd_of(SIX), {k.cluster_id: k.centroid for k in first_grouping().clusters}
    above = population(pooled(crowd.evidence), "ko")
    for evidence, (_, name, distance) in zip(crowd.evidence, first_grouping().members, strict=True):
        own = embedding(shrink_user(evidence, above))
        assert distance == pytest.approx(np.linalg.norm(own - centroids[name]), abs=1e-12)


@pytest.mark.parametrize("users", [0, 1, 9])
def test_too_few_users_are_the_population_alone(users: int) -> None:
    crowd = crowd_of(SIX)
    alone = grouped(Crowd(crowd.users[:users], crowd.evidence[:users]))
    assert (alone.clusters, alone.members) == ((), ())
    assert (alone.population.cluster_id, alone.population.user_count) == (POPULATION, users)
    assert alone.reason == f"{users} users are too few for 5 groups"


def test_users_who_do_not_differ_are_one_group() -> None:
    crowd = Crowd(tuple(f"u{k:02d}" for k in range(20)), (crowd_of(SIX).evidence[0],) * 20)
    assert [cluster.user_count for cluster in grouped(crowd).clusters] == [20]


def g_rows() -> list[Row]:
    """Rows of G as J reads them: `_id`, evidence, base."""
    dice = np.random.default_rng(4)
    return [
        {"_id": f"u{k:02d}", "base": None, "evidence": {"2026-03-02": [[14 * (k % 6), 0, *cell]]}}
        for k in range(60)
        for cell in [[1, 0, 1, int(dice.integers(5, 20))]]
    ]


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = g_rows()
    mixed = [rows[k] for k in np.random.default_rng(0).permutation(len(rows))]
    one, other = (grouped(crowd_on("2026-03-02", part)) for part in (rows, mixed))
    assert one.members == other.members
    assert all(map(same, one.clusters, other.clusters))


def test_shards_joined_are_the_whole_crowd() -> None:
    rows = g_rows()
    parts = [crowd_on("2026-03-02", rows[k::7]) for k in range(7)]
    one, other = join(parts), crowd_on("2026-03-02", rows)
    assert one.users == other.users
    assert (pooled(one.evidence).ci == pooled(other.evidence).ci).all()


def test_only_evidence_up_to_the_day_counts() -> None:
    rows = g_rows()[:2]
    rows[0] = rows[0] | {"evidence": {"2026-03-03": [[0, 0, 1, 0, 1, 5]]}}
    assert crowd_on("2026-03-02", rows).users == ("u01",)


def test_a_user_with_a_base_alone_still_counts() -> None:
    base = {"day": "2025-01-01", "ci": np.ones((7, 3)).tolist(), "ltl": np.ones((4, 4)).tolist()}
    row = {"_id": "u1", "evidence": {}, "base": base | {"n": 9.0, "totals": [9, 9, 0]}}
    assert crowd_on("2025-01-15", [row]).evidence[0].n == 4.5


def test_former_clusters_are_followed_by_their_people_not_by_their_names() -> None:
    first, second = first_grouping(), grouped(crowd_of(SIX, seed=2), first_grouping())
    assert [of.cluster_id for of in first.followed] == []
    assert [of.cluster_id for of in second.followed] == sorted(k.cluster_id for k in first.clusters)
    assert sum(of.users for of in second.followed) == len(first.members)
    for of in second.followed:
        (now,) = (k for k in second.clusters if k.cluster_id == of.cluster_id)
        assert of.centre == pytest.approx(now.centroid)


def test_people_who_come_later_are_followed_from_then_on() -> None:
    crowd = crowd_of(SIX)
    few = Crowd(crowd.users[::2], crowd.evidence[::2])
    then = grouped(few)
    assert sum(of.users for of in grouped(crowd, then).followed) == len(few.users)
