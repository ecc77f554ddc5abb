"""Fitting category vectors: ridge regression, judged on texts that are left out."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest

import rec_assets.prototypes.prototype_fit as prototype_fit
from rec_api.character_grams import gram_keys, learn_vocabulary, weigh
from rec_api.prototypes import category_distribution
from rec_assets.prototypes.prototype_fit import (
    LARGEST_GROUP,
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


def weighted_ridge(rows: np.ndarray, truth: np.ndarray, importance: np.ndarray) -> np.ndarray:
    """argmin Σ d·(y − wφ)² + λ‖w‖², from its normal equations; (features, 7)."""
    targets = np.eye(7)[truth] - 1 / 7
    within = rows.T @ (rows * importance[:, None]) + RIDGE * np.eye(rows.shape[1])
    return np.linalg.solve(within, rows.T @ (targets * importance[:, None]))


def left_out_scores(rows: np.ndarray, truth: np.ndarray, importance: np.ndarray) -> np.ndarray:
    """Scores of each text by weights that it is no part of."""
    scores = []
    for i in range(len(rows)):
        others = np.arange(len(rows)) != i
        weights = weighted_ridge(rows[others], truth[others], importance[others])
        scores.append(rows[i] @ weights)
    return np.stack(scores)


def log_loss(scores: np.ndarray, truth: np.ndarray, tau: float) -> float:
    total = 0.0
    for row, own in zip(scores / tau, truth, strict=True):
        total += log(sum(exp(value - row.max()) for value in row)) - (row[own] - row.max())
    return total / len(truth)


@pytest.mark.parametrize(("spread", "per_group"), [(0.3, 2), (0.8, 3), (2.0, 3), (0.8, 1)])
def test_weight_and_temperature_are_the_best_with_each_text_left_out(
    spread: float, per_group: int
) -> None:
    texts, vectors, categories, languages = reference(spread, per_group)
    # One category has half of the others' texts: each category still counts the same.
    kept = [k for k in range(len(texts)) if categories[k] != "email" or k % 2]
    texts, vectors = [texts[k] for k in kept], vectors[kept]
    categories, languages = [categories[k] for k in kept], [languages[k] for k in kept]
    truth = np.array([CATEGORIES.index(c) for c in categories])
    importance = np.array([len(truth) / 7 / (truth == k).sum() for k in truth])
    losses = {}
    for weight in MEANING_WEIGHTS:
        scores = left_out_scores(features(texts, vectors, weight), truth, importance)
        losses |= {(weight, tau): log_loss(scores, truth, tau) for tau in TEMPERATURES}
    weight, temperature = min(losses, key=lambda pair: losses[pair])
    fitted = fit_prototypes(texts, vectors, categories, languages, "e1")
    assert fitted.temperature == temperature
    expected = weighted_ridge(features(texts, vectors, weight), truth, importance)
    size = vectors.shape[1]
    np.testing.assert_allclose(fitted.vectors, weight**0.5 * expected[:size].T, atol=1e-6)
    np.testing.assert_allclose(fitted.gram_vectors, expected[size:], atol=1e-6)


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


def test_of_a_large_group_the_first_texts_count(monkeypatch: pytest.MonkeyPatch) -> None:
    assert LARGEST_GROUP >= 100
    monkeypatch.setattr(prototype_fit, "LARGEST_GROUP", 3)
    texts, vectors, categories, languages = reference(0.5, per_group=5)
    first = [k for k in range(len(texts)) if k % 5 < 3]
    chosen = [[column[k] for k in first] for column in (texts, categories, languages)]
    whole = fit_prototypes(texts, vectors, categories, languages, "e1")
    part = fit_prototypes(chosen[0], vectors[first], chosen[1], chosen[2], "e1")
    assert whole.version == part.version


def test_the_version_names_encoder_texts_and_content() -> None:
    def version(spread: float, encoder: str, ending: str = "") -> str:
        texts, *others = reference(spread)
        return fit_prototypes([text + ending for text in texts], *others, encoder).version

    versions = [version(s, e) for s in (0.5, 0.6) for e in ("e1", "e2")]
    assert len({*versions, version(0.5, "e1", "~")}) == 5
    assert version(0.5, "e1") == versions[0]
