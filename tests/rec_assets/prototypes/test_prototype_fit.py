"""Fitting category vectors: ridge regression, judged on texts that are left out."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest

from rec_api.character_grams import gram_keys, learn_vocabulary, weigh
from rec_api.prototypes import category_distribution
from rec_assets.prototypes.prototype_fit import (
    FOLDS,
    MEANING_WEIGHTS,
    RIDGE,
    TEMPERATURES,
    fit_prototypes,
)
from resources.options import CATEGORIES
from tests.rec_api.category_texts import reference


def features(texts: list[str], vectors: np.ndarray, weight: float) -> np.ndarray:
    """√a·embedding beside the grams, one row a text."""
    keys = [gram_keys(text) for text in texts]
    vocabulary = learn_vocabulary(keys)
    rows = []
    for own, vector in zip(keys, vectors.astype(np.float64), strict=True):
        manner = np.zeros(len(vocabulary.keys))
        grams = weigh(own, vocabulary)
        manner[grams.places] = grams.weights
        rows.append(np.concatenate([weight**0.5 * vector, manner]))
    return np.stack(rows)


def weighted_ridge(rows: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """argmin Σ d·(y − wφ)² + λ‖w‖², from its normal equations; (features, 7)."""
    targets = np.eye(7)[truth] - 1 / 7
    within = rows.T @ (rows * weights[:, None]) + RIDGE * np.eye(rows.shape[1])
    return np.linalg.solve(within, rows.T @ (targets * weights[:, None]))


def folds_of(groups: list[tuple[str, str]]) -> np.ndarray:
    """Dealt in turn, those of one category and language after those of another."""
    ranks = [
        sum((g, j) < (group, k) for j, g in enumerate(groups)) for k, group in enumerate(groups)
    ]
    return np.array(ranks) % FOLDS


def left_out_scores(rows: np.ndarray, truth: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """Scores of each text by weights that its fold is no part of."""
    scores = np.empty((len(rows), 7))
    for fold in range(FOLDS):
        others = folds != fold
        weights = weighted_ridge(rows[others], truth[others], importance(truth[others]))
        scores[~others] = rows[~others] @ weights
    return scores


def importance(truth: np.ndarray) -> np.ndarray:
    """Each category counts the same."""
    return np.array([len(truth) / 7 / (truth == k).sum() for k in truth])


def log_loss(scores: np.ndarray, truth: np.ndarray, tau: float) -> float:
    total = 0.0
    for row, own in zip(scores / tau, truth, strict=True):
        total += log(sum(exp(value - row.max()) for value in row)) - (row[own] - row.max())
    return total / len(truth)


@pytest.mark.parametrize(("spread", "per_group"), [(0.3, 2), (0.8, 3), (2.0, 3), (0.8, 7)])
def test_weight_and_temperature_are_the_best_for_texts_that_are_left_out(
    spread: float, per_group: int
) -> None:
    texts, vectors, categories, languages = reference(spread, per_group)
    # One category has half of the others' texts: each category still counts the same.
    kept = [k for k in range(len(texts)) if categories[k] != "email" or k % 2]
    texts, vectors = [texts[k] for k in kept], vectors[kept]
    categories, languages = [categories[k] for k in kept], [languages[k] for k in kept]
    truth = np.array([CATEGORIES.index(c) for c in categories])
    folds = folds_of(list(zip(categories, languages, strict=True)))
    losses = {}
    for weight in MEANING_WEIGHTS:
        scores = left_out_scores(features(texts, vectors, weight), truth, folds)
        losses |= {(weight, tau): log_loss(scores, truth, tau) for tau in TEMPERATURES}
    fitted = fit_prototypes(texts, vectors, categories, languages, "e1")
    size = vectors.shape[1]
    found = []
    for weight in MEANING_WEIGHTS:
        expected = weighted_ridge(features(texts, vectors, weight), truth, importance(truth))
        if np.allclose(fitted.vectors, weight**0.5 * expected[:size].T, atol=1e-5):
            np.testing.assert_allclose(fitted.gram_vectors, expected[size:], atol=1e-5)
            found.append(losses[weight, fitted.temperature])
    assert found == [pytest.approx(min(losses.values()), abs=2e-3)]  # the solver goes so far


@pytest.mark.parametrize("per_group", [1, 2])
def test_a_pool_with_a_text_or_two_of_a_kind_is_fitted(per_group: int) -> None:
    texts, vectors, categories, languages = reference(0.3, per_group)
    fitted = fit_prototypes(texts, vectors, categories, languages, "e1")
    says = [category_distribution(t, v, fitted) for t, v in zip(texts, vectors, strict=True)]
    assert [CATEGORIES[int(k)] for k in np.argmax(says, axis=1)] == categories


def test_a_category_without_a_text_is_named_in_a_sentence() -> None:
    texts, vectors, categories, languages = reference(0.5)
    kept = [k for k, c in enumerate(categories) if c not in ("email", "report")]
    chosen = [[column[k] for k in kept] for column in (texts, categories, languages)]
    with pytest.raises(ValueError, match="no reference text of email, report"):
        fit_prototypes(chosen[0], vectors[kept], chosen[1], chosen[2], "e1")


def test_a_pool_without_a_language_of_a_category_is_fitted() -> None:
    texts, vectors, categories, languages = reference(0.3)
    kept = [k for k in range(len(texts)) if (categories[k], languages[k]) != ("email", "en")]
    chosen = [[column[k] for k in kept] for column in (texts, categories, languages)]
    fitted = fit_prototypes(chosen[0], vectors[kept], chosen[1], chosen[2], "e1")
    found = [category_distribution(texts[k], vectors[k], fitted).argmax() for k in kept]
    assert [CATEGORIES[int(k)] for k in found] == chosen[1]


def test_vectors_that_say_nothing_leave_it_to_the_grams() -> None:
    texts, vectors, categories, languages = reference(0.3, per_group=6)
    silent = np.zeros_like(vectors)
    fitted = fit_prototypes(texts, silent, categories, languages, "e1")
    found = [
        CATEGORIES[int(category_distribution(text, silent[0], fitted).argmax())] for text in texts
    ]
    assert found == categories


def test_the_version_names_encoder_texts_and_content() -> None:
    def version(spread: float, encoder: str, ending: str = "") -> str:
        texts, *others = reference(spread)
        return fit_prototypes([text + ending for text in texts], *others, encoder).version

    versions = [version(s, e) for s in (0.5, 0.6) for e in ("e1", "e2")]
    assert len({*versions, version(0.5, "e1", "~")}) == 5
    assert version(0.5, "e1") == versions[0]
