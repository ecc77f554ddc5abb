from __future__ import annotations

from collections import Counter

import numpy as np

from rec_api.shrinkage import population_before_data
from rec_assets.checks.shift import CLUSTER_SHIFT, PER_NEW, USERS_SHIFT, shift_finding
from resources.options import CATEGORIES
from resources.preferences import Cluster

REST = [1 / 3] * 3 + [0.25] * 4


def cluster(name: str, category: str, users: int = 20, firmness: float = 0.7) -> Cluster:
    """Users who prefer a category with so much of their evidence."""
    shares = np.full(len(CATEGORIES), (1 - firmness) / (len(CATEGORIES) - 1))
    shares[CATEGORIES.index(category)] = firmness
    return Cluster(name, population_before_data("ko"), np.sqrt([*shares, *REST]), users)


def by_id(*clusters: Cluster) -> dict[str, Cluster]:
    return {one.cluster_id: one for one in clusters}


EVE = by_id(cluster("c01", "thesis"), cluster("c02", "email"))
STAY = Counter({("c01", "c01"): 20, ("c02", "c02"): 20})


def test_clusters_that_stay_pass() -> None:
    assert shift_finding(EVE, EVE, STAY, new_part=0.05).holds


def test_a_cluster_that_jumps_is_named_with_where_it_came_from() -> None:
    now = by_id(cluster("c01", "marketing"), cluster("c02", "email"))
    found = shift_finding(now, EVE, STAY, new_part=0.05)
    assert not found.holds
    assert found.stops
    assert "cluster c01 moved by" in found.sentence
    assert "thesis 0.70 → 0.05" in found.sentence
    assert "marketing 0.05 → 0.70" in found.sentence
    assert list(found.offending["clusters"]) == ["c01"]


def test_users_dealt_to_other_clusters_are_seen_where_no_cluster_moved() -> None:
    exchanged = Counter({("c01", "c02"): 20, ("c02", "c01"): 20})
    found = shift_finding(EVE, EVE, exchanged, new_part=0.05)
    assert not found.holds
    assert "20 users from c01 to c02" in found.sentence


def test_clusters_under_new_names_hide_no_jump() -> None:
    now = by_id(cluster("c03", "marketing"), cluster("c04", "report"))
    renamed = Counter({("c01", "c03"): 20, ("c02", "c04"): 20})
    assert not shift_finding(now, EVE, renamed, new_part=0.05).holds


def test_a_day_that_brings_most_of_the_evidence_may_move_them_further() -> None:
    soft = by_id(cluster("c01", "thesis", firmness=0.3), cluster("c02", "email", firmness=0.3))
    moved = shift_finding(EVE, soft, STAY, new_part=0.05).figures["users_mean_shift"]
    assert USERS_SHIFT + 0.05 * PER_NEW < moved < USERS_SHIFT + PER_NEW
    assert not shift_finding(EVE, soft, STAY, new_part=0.05).holds
    assert shift_finding(EVE, soft, STAY, new_part=0.99).holds


def test_a_cluster_of_four_may_follow_single_people() -> None:
    before = by_id(cluster("c01", "thesis", 4), cluster("c02", "email", 96))
    now = by_id(cluster("c01", "thesis", 4, firmness=0.2), cluster("c02", "email", 96))
    moves = Counter({("c01", "c01"): 4, ("c02", "c02"): 96})
    found = shift_finding(now, before, moves, new_part=0.0)
    assert found.holds
    assert "c01" not in found.figures["cluster_shifts"]
    assert np.linalg.norm(now["c01"].centroid - before["c01"].centroid) > CLUSTER_SHIFT


def test_a_first_day_has_nothing_to_be_compared_with() -> None:
    assert shift_finding(EVE, {}, Counter(), new_part=1.0).holds
