from __future__ import annotations

import numpy as np
import pytest

from rec_assets.personas.dispersion import fit_concentration, fit_dirichlet, fit_log_normal

MEAN = np.array([0.5, 0.3, 0.2])


def counts(concentration: float, runs: int, people: int = 400) -> np.ndarray:
    draw = np.random.default_rng(12)
    tastes = draw.dirichlet(concentration * MEAN, size=people)
    return np.array([draw.multinomial(runs, taste) for taste in tastes]).astype(float)


@pytest.mark.parametrize(("concentration", "runs"), [(3.0, 5), (3.0, 50), (15.0, 10), (60.0, 40)])
def test_a_concentration_is_found_however_few_the_runs(concentration: float, runs: int) -> None:
    mean, found = fit_dirichlet(counts(concentration, runs))
    assert mean == pytest.approx(MEAN, abs=0.03)
    assert found == pytest.approx(concentration, rel=0.35)


def test_sampling_noise_alone_is_not_taken_for_difference() -> None:
    draw = np.random.default_rng(2)
    alike = draw.multinomial(8, MEAN, size=400).astype(float)
    found = fit_concentration([(alike, MEAN)])
    assert found is not None
    assert found > 100


def test_few_people_stay_near_what_others_have() -> None:
    few = counts(60.0, 6, people=3)
    alone, drawn = fit_concentration([(few, MEAN)]), fit_concentration([(few, MEAN)], 10.0)
    assert alone is not None
    assert drawn is not None
    assert abs(np.log(drawn / 10)) < abs(np.log(alone / 10))


def test_single_runs_say_nothing() -> None:
    assert fit_concentration([(np.eye(3), MEAN)]) is None
    assert fit_concentration([(np.eye(3), MEAN)], 10.0) == 10.0


def test_activity_is_fitted_apart_from_the_noise_of_counting() -> None:
    draw = np.random.default_rng(2)
    seen = draw.poisson(np.exp(draw.normal(2.0, 0.6, 5000))).astype(float)
    assert fit_log_normal(seen) == pytest.approx((2.0, 0.6), abs=0.06)
