from __future__ import annotations

import numpy as np
import pytest

from rec_assets.grouping import STABLE, choose_groups, match_centroids, nearest

DRAW = np.random.default_rng(3)
CENTRES = DRAW.normal(size=(5, 12)) * 2
TRUTH = DRAW.integers(5, size=300)
PLANTED = CENTRES[TRUTH] + DRAW.normal(size=(300, 12)) * 0.7
CLOUD = DRAW.normal(size=(300, 12))


def test_planted_groups_are_found() -> None:
    groups = choose_groups(PLANTED, ks=range(1, 9), seed=7)
    assert groups.k == 5
    assert groups.stability[5] > 0.99
    pairs = {(int(label), int(truth)) for label, truth in zip(groups.labels, TRUTH, strict=True)}
    assert len(pairs) == 5
    assert "5 taken" in groups.reason


def test_a_cloud_is_one_group() -> None:
    groups = choose_groups(CLOUD, ks=range(1, 7), seed=7)
    assert (groups.k, groups.centroids.shape, set(groups.labels)) == (1, (1, 12), {0})
    assert max(v for k, v in groups.stability.items() if k > 1) < STABLE
    assert "one group" in groups.reason


def test_where_one_group_is_not_offered_the_most_stable_number_is_taken_and_said() -> None:
    groups = choose_groups(CLOUD, ks=(5, 6), seed=7)
    assert groups.k == max((5, 6), key=lambda k: groups.stability[k])
    assert "None of 5 to 6 groups is stable" in groups.reason


def test_the_same_points_and_seed_give_the_same_groups() -> None:
    one, other = (choose_groups(PLANTED, ks=(4, 5), seed=7) for _ in range(2))
    assert np.array_equal(one.centroids, other.centroids)
    assert np.array_equal(one.labels, other.labels)


def test_the_largest_group_comes_first() -> None:
    sizes = np.bincount(choose_groups(PLANTED, ks=(5,), seed=7).labels)
    assert sizes.tolist() == sorted(sizes, reverse=True)


def test_a_number_of_groups_stays_while_it_is_as_good() -> None:
    two_level = np.repeat(CENTRES[:2] * 5, 150, axis=0) + DRAW.normal(size=(300, 12)) * 0.1
    start = choose_groups(two_level, ks=(2,), seed=7).centroids
    assert choose_groups(two_level, ks=(2, 3), seed=7, start=start).k == 2
    again = choose_groups(PLANTED, ks=(5,), seed=7, start=CENTRES)
    assert match_centroids(CENTRES, again.centroids) == nearest(again.centroids, CENTRES).tolist()


def test_weights_pull_the_centroids() -> None:
    weights = np.where(PLANTED[:, 0] > 0, 50.0, 1.0)
    heavy = choose_groups(PLANTED, ks=(1,), seed=7, weights=weights).centroids
    assert heavy[0, 0] > choose_groups(PLANTED, ks=(1,), seed=7).centroids[0, 0]


@pytest.mark.parametrize("points", [np.ones((30, 4)), CLOUD[:3]])
def test_too_few_different_people_are_one_group(points: np.ndarray) -> None:
    groups = choose_groups(points, ks=range(5, 11), seed=7)
    assert groups.k == 1
    assert "Too few" in groups.reason


def test_nobody_is_an_error() -> None:
    with pytest.raises(ValueError, match="nobody to group"):
        choose_groups(np.zeros((0, 4)), ks=(1, 2), seed=7)


def test_centroids_are_matched_by_least_total_distance_and_new_ones_are_marked() -> None:
    previous = np.array([[0.0, 0.0], [10.0, 0.0]])
    current = np.array([[9.0, 0.0], [50.0, 50.0], [0.5, 0.0]])
    assert match_centroids(previous, current) == [1, -1, 0]
    assert match_centroids(previous[:0], current) == [-1, -1, -1]
