"""Mining whole exports with known groups; tests/benchmarks/bench_mining.py does more of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from rec_assets.personas.people import ASKED
from tests.rec_assets.personas.planted_exports import GROUPS, mine_export, plant

PEOPLE = 700


@pytest.mark.parametrize(("k", "runs", "tell"), [(3, 4, False), (5, 4, True), (5, 40, False)])
def test_groups_are_found_nearly_as_well_as_can_be(
    tmp_path: Path, k: int, runs: int, tell: bool
) -> None:
    planted = plant(k, runs, seed=1, people=PEOPLE, languages_tell=tell)
    mined, labels = mine_export(planted, tmp_path)
    best = adjusted_rand_score(planted.truth, planted.best_labels())
    assert 0.5 < best < 1
    assert adjusted_rand_score(planted.truth, labels) > 0.9 * best
    assert mined.k == k
    assert ("Fewer than the 5" in mined.reason) == (k not in ASKED)


def test_a_portrait_is_no_purer_than_its_group(tmp_path: Path) -> None:
    """People with four runs are often placed wrongly: who only looks like a member counts less."""
    planted = plant(5, 4, seed=2, people=PEOPLE)
    mined, labels = mine_export(planted, tmp_path)
    for name, category in zip(
        mined.names, _categories(mined.k, planted.truth, labels), strict=True
    ):
        persona = next(p for p in mined.personas if p.name == name)
        group = [c for c, _ in GROUPS].index(category)
        truth = planted.means[group].reshape(7, 3).sum(axis=1).max()
        assert persona.category[category] == pytest.approx(truth, abs=0.07)
        assert persona.share == pytest.approx(planted.weights[group], abs=0.06)


@pytest.mark.parametrize("runs", [4, 40])
def test_where_nothing_is_planted_no_groups_are_found_and_it_is_said(
    tmp_path: Path, runs: int
) -> None:
    mined, labels = mine_export(plant(0, runs, seed=1, people=PEOPLE), tmp_path)
    assert (mined.k, set(labels)) == (1, {0})
    assert "No groups are found" in mined.reason


def test_people_with_a_single_run_belong_somewhere_too(tmp_path: Path) -> None:
    planted = plant(3, 4, seed=1, people=PEOPLE)
    mined, labels = mine_export(planted, tmp_path)
    assert (planted.options.sum(axis=1) == 1).sum() > 20
    assert set(labels) == set(range(mined.k))
    assert sum(persona.users for persona in mined.personas) == PEOPLE


def _categories(k: int, truth: np.ndarray, labels: np.ndarray) -> list[str]:
    """The category of the planted group that most members of each mined one come from."""
    return [GROUPS[np.bincount(truth[labels == group]).argmax()][0] for group in range(k)]
