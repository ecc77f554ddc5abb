from __future__ import annotations

import numpy as np
import pytest

from rec_api.shrinkage import population_before_data
from rec_assets.clusters.clusters import POPULATION
from rec_assets.soundness import (
    cluster_faults,
    example_faults,
    is_distribution,
    membership_faults,
    profile_faults,
)
from resources.preferences import Cluster
from resources.records import Row

ALL = Cluster(POPULATION, population_before_data("ko"), np.ones(14), 2)
GROUP = Cluster("c01", population_before_data("ko"), np.ones(14), 2)
BOTH = {POPULATION: ALL, "c01": GROUP}


def profile(**other: object) -> Row:
    return {
        "_id": "u1",
        "preferred_category_vector": [1 / 7] * 7,
        "preferred_strength_vector": [1 / 3] * 3,
        "preferred_language_vector": [0.25] * 4,
        "user_embedding_v1": [(1 / 7) ** 0.5] * 7 + [(1 / 3) ** 0.5] * 3 + [0.5] * 4,
        "evidence": {"2026-01-05": [[0, 0, 1, 0, 1, 2]]},
        **other,
    }


def test_a_sound_profile_has_no_fault() -> None:
    assert profile_faults(profile()) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("preferred_category_vector", [0.5] * 7),
        ("preferred_strength_vector", [0.5, 0.5]),
        ("preferred_language_vector", [1.5, -0.5, 0, 0]),
        ("user_embedding_v1", [0.0] * 14),
        ("evidence", {"2026-01-05": [[0, 0, 1, 0, 1, 0]]}),
    ],
)
def test_a_broken_profile_is_named_with_its_field(field: str, value: object) -> None:
    (fault,) = profile_faults(profile(**{field: value}))
    assert fault.startswith(f"u1: {field.split('_')[0]}")


def test_h_without_one_row_per_a_is_a_fault() -> None:
    assert example_faults([], 3) == ["0 examples for 3 recommendations"]


def test_j_without_its_population_is_a_fault() -> None:
    assert cluster_faults({"c01": GROUP}) == ["there is no population row"]
    assert cluster_faults(BOTH) == []


def test_a_user_in_no_cluster_is_named() -> None:
    assert membership_faults({"u1", "u2"}, {"u1": "c01"}, BOTH) == ["user u2 is in no cluster"]


def test_a_member_without_a_profile_and_a_cluster_without_a_row_are_named() -> None:
    assert membership_faults(set(), {"u1": "c09"}, BOTH) == [
        "user u1 is in J but not in G",
        "cluster c09 has members but no row",
    ]


def test_with_the_population_alone_nobody_needs_a_cluster() -> None:
    assert membership_faults({"u1"}, {}, {POPULATION: ALL}) == []


def test_nan_is_no_distribution() -> None:
    assert not is_distribution([float("nan"), 1.0], 2)
