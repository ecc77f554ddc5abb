from __future__ import annotations

import numpy as np
import pytest

from rec_api.shrinkage import population_before_data
from rec_assets.checks.clusters import cluster_faults, cover
from rec_assets.clusters.clusters import POPULATION
from resources.preferences import Cluster
from resources.records import Row

DAY, EVE = "2026-01-06", "2026-01-05"
ALL = Cluster(POPULATION, population_before_data("ko"), np.ones(14), 2)
GROUP = Cluster("c01", population_before_data("ko"), np.ones(14), 2)
BOTH = {POPULATION: ALL, "c01": GROUP}


def user(name: str, *days: str) -> Row:
    return {"_id": name, "evidence": {day: [[0, 0, 1, 0, 1, 2]] for day in days}, "base": None}


def test_j_without_its_population_is_a_fault() -> None:
    assert list(cluster_faults({"c01": GROUP})) == [
        ("day without its population row", "population")
    ]
    assert list(cluster_faults(BOTH)) == []


def test_a_user_in_no_cluster_is_named() -> None:
    found = cover(DAY, [user("u1", DAY), user("u2", DAY)], [("u1", "c01")], BOTH)
    assert found.faults.sentence() == "1 × user of G in no cluster (u2)"


def test_a_member_without_a_profile_and_a_cluster_without_a_row_are_named() -> None:
    faults = cover(DAY, [], [("u1", "c09")], BOTH).faults
    assert faults.named["user in J but not in G"] == ["u1"]
    assert faults.named["user of a cluster without a row"] == ["u1 in c09"]


def test_with_the_population_alone_nobody_needs_a_cluster() -> None:
    assert cover(DAY, [user("u1", DAY)], [], {POPULATION: ALL}).faults.total == 0


def test_a_user_of_later_days_alone_is_not_asked_for() -> None:
    assert cover(EVE, [user("u1", DAY)], [], BOTH).users == 0


def test_the_part_of_the_day_is_counted() -> None:
    people = [user("u1", EVE, DAY), user("u2", DAY)]
    found = cover(DAY, people, [("u1", "c01"), ("u2", "c01")], BOTH)
    assert found.of_the_day == 4
    assert found.sessions == pytest.approx(4 + 2 * 0.5 ** (1 / 14))
