from __future__ import annotations

import numpy as np

from rec_api.shrinkage import population_before_data
from rec_assets.checks.shift import PER_NEW, SHIFT, shift_finding
from rec_assets.clusters.clusters import Followed
from resources.options import CATEGORIES
from resources.preferences import Cluster, Floats

REST = [1 / 3] * 3 + [0.25] * 4


def centre(category: str, firmness: float = 0.7) -> Floats:
    """People who prefer a category with so much of their evidence."""
    shares = np.full(len(CATEGORIES), (1 - firmness) / (len(CATEGORIES) - 1))
    shares[CATEGORIES.index(category)] = firmness
    return np.sqrt([*shares, *REST])


def people(name: str, category: str, users: int = 20, firmness: float = 0.7) -> Followed:
    return Followed(name, users, centre(category, firmness))


def clusters(*of: Followed) -> dict[str, Cluster]:
    """The clusters in which these people were."""
    assumed = population_before_data("ko")
    return {one.cluster_id: Cluster(one.cluster_id, assumed, one.centre, one.users) for one in of}


THEN = (people("c01", "thesis"), people("c02", "email"))
EVE = clusters(*THEN)


def test_people_who_stay_pass() -> None:
    assert shift_finding(THEN, EVE, new_part=0.05).holds


def test_people_who_jump_are_named_with_where_they_came_from() -> None:
    found = shift_finding([people("c01", "marketing"), THEN[1]], EVE, new_part=0.05)
    assert not found.holds
    assert found.stops
    assert "the 20 of c01 by 0.87: " in found.sentence
    assert "thesis 0.70 → 0.05" in found.sentence
    assert "marketing 0.05 → 0.70" in found.sentence
    assert list(found.offending["clusters"]) == ["c01"]


def test_a_few_among_many_who_jump_are_seen() -> None:
    before = clusters(people("c01", "thesis", 10), people("c02", "email", 990))
    now = [people("c01", "marketing", 10), people("c02", "email", 990)]
    found = shift_finding(now, before, new_part=0.05)
    assert not found.holds
    assert found.figures["mean_shift"] < SHIFT / 10
    assert list(found.offending["clusters"]) == ["c01"]


def test_everybody_in_clusters_of_four_who_jumps_is_seen_on_average() -> None:
    before = clusters(people("c01", "thesis", 4), people("c02", "email", 4))
    now = [people("c01", "email", 4), people("c02", "thesis", 4)]
    found = shift_finding(now, before, new_part=0.05)
    assert not found.holds
    assert found.figures["cluster_shifts"] == {}
    assert "8 users moved by 0.87 on average" in found.sentence


def test_a_day_that_brings_most_of_the_evidence_may_move_them_further() -> None:
    soft = clusters(*(people(of.cluster_id, "thesis", firmness=0.45) for of in THEN[:1]))
    moved = shift_finding(THEN[:1], soft, new_part=0.05).figures["mean_shift"]
    assert SHIFT + 0.05 * PER_NEW < moved < SHIFT + PER_NEW
    assert not shift_finding(THEN[:1], soft, new_part=0.05).holds
    assert shift_finding(THEN[:1], soft, new_part=0.99).holds


def test_four_people_may_move_while_the_others_stay() -> None:
    before = clusters(people("c01", "thesis", 4), people("c02", "email", 96))
    now = [people("c01", "thesis", 4, firmness=0.2), people("c02", "email", 96)]
    found = shift_finding(now, before, new_part=0.0)
    assert found.holds
    assert "c01" not in found.figures["cluster_shifts"]
    assert np.linalg.norm(now[0].centre - before["c01"].centroid) > SHIFT


def test_a_first_day_has_nothing_to_be_compared_with() -> None:
    assert shift_finding([], {}, new_part=1.0).holds
    assert shift_finding(THEN, {}, new_part=1.0).holds
