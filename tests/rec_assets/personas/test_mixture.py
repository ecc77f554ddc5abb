from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from rec_assets.personas.cells import Cells
from rec_assets.personas.dispersion import LEAST, log_likelihood
from rec_assets.personas.group_choice import choose_mixture
from rec_assets.personas.mixture import block_of, fit_mixture, refine
from tests.rec_assets.personas.planted_exports import ALIKE, plant

PLANTED = plant(3, 8, seed=3, people=400)
OPTIONS = block_of(PLANTED.options, LEAST)
LANGUAGES = block_of(PLANTED.languages, LEAST)
FITTED = fit_mixture([OPTIONS], 3, seed=1)
MEANS = FITTED.alphas[0] / FITTED.alphas[0].sum(axis=1, keepdims=True)


def test_the_sparse_likelihood_is_that_of_the_dirichlet_multinomial() -> None:
    alpha = ALIKE * PLANTED.means
    sparse = Cells(PLANTED.options).log_likelihood(alpha)
    plain = [log_likelihood(PLANTED.options, mean, ALIKE) for mean in PLANTED.means]
    assert sparse == pytest.approx(np.stack(plain, axis=1))


def test_fractions_of_runs_count_too() -> None:
    counts = PLANTED.options * 0.37
    plain = log_likelihood(counts, PLANTED.means[0], ALIKE)
    assert Cells(counts).log_likelihood(ALIKE * PLANTED.means)[:, 0] == pytest.approx(plain)


def test_a_mixture_finds_means_concentrations_and_shares() -> None:
    order = [int(np.argmin(((MEANS - mean) ** 2).sum(axis=1))) for mean in PLANTED.means]
    assert sorted(order) == [0, 1, 2]
    assert MEANS[order] == pytest.approx(PLANTED.means, abs=0.08)
    assert FITTED.shares[order] == pytest.approx(PLANTED.weights, abs=0.08)
    assert 4 < np.median(FITTED.alphas[0].sum(axis=1)) < 16


def test_each_round_of_the_ascent_is_no_worse() -> None:
    fits = [fit_mixture([OPTIONS], k, seed=1).fit for k in (1, 2, 3)]
    assert fits == sorted(fits)
    assert refine(FITTED, [OPTIONS]).fit >= FITTED.fit - 0.1


def test_people_in_another_order_are_grouped_the_same() -> None:
    order = np.random.default_rng(1).permutation(len(PLANTED.options))
    mixed = fit_mixture([OPTIONS.of(order)], 3, seed=1)
    one = np.argmax(FITTED.responsibilities([PLANTED.options]), axis=1)
    other = np.argmax(mixed.responsibilities([PLANTED.options]), axis=1)
    assert np.array_equal(one, other)


def test_languages_that_tell_help_to_place_people() -> None:
    told = plant(3, 4, seed=3, people=600, languages_tell=True)
    options, languages = (block_of(c, LEAST) for c in (told.options, told.languages))
    alone = fit_mixture([options], 3, seed=1)
    both = refine(alone, [options, languages])
    scores = [
        adjusted_rand_score(told.truth, mixture.responsibilities(counts).argmax(axis=1))
        for mixture, counts in (
            (alone, [told.options]),
            (both, [told.options, told.languages]),
        )
    ]
    assert scores[1] > scores[0]


def test_the_number_of_the_last_mining_stays_while_no_other_is_much_better() -> None:
    chosen = choose_mixture([OPTIONS], ks=range(1, 7), seed=1)
    assert chosen.k == 3
    assert chosen.bic[3] == min(chosen.bic.values())
    assert "3 taken" in chosen.reason
    assert choose_mixture([OPTIONS], ks=range(1, 7), seed=1, before=4).k == 3  # far worse


@pytest.mark.parametrize("runs", [1, 5])
@pytest.mark.parametrize("different", [1, 2, 3])
def test_fewer_histories_than_groups_looked_for_are_one_group(different: int, runs: int) -> None:
    counts = np.zeros((25, 21))
    counts[np.arange(25), np.arange(25) % different] = runs
    chosen = choose_mixture([block_of(counts, LEAST)], ks=range(1, 11), seed=2)
    assert chosen.k == 1
    assert "everybody is one group" in chosen.reason


def test_histories_that_differ_in_their_length_alone_are_no_groups() -> None:
    counts = np.repeat([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]], 10, axis=0)
    assert choose_mixture([block_of(counts, LEAST)], ks=range(1, 11), seed=2).k == 1


def test_nobody_is_an_error() -> None:
    with pytest.raises(ValueError, match="nobody to group"):
        fit_mixture([OPTIONS.of(np.arange(0))], 2, seed=1)
