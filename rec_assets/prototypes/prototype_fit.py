"""Fitting the category vectors: ridge regression on the pool's reference texts.

With φ(x) = (√a·e(x), g(x)) and a target of 1 − 1/7 for a text's own category, −1/7 for the others,
the weights are argmin Σ d·(y − wφ)² + λ‖w‖², where d gives every category the same weight. As λ
grows they become the mean vectors of the categories; a smaller λ turns them away from what
categories share. a and τ are those with the least log-loss on texts that had no part in the fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from rec_api.character_grams import Grams, Vocabulary, gram_keys, learn_vocabulary, weigh
from rec_api.prototypes import FEATURES, Prototypes, Vectors, softmax
from resources.errors import SettingError
from resources.options import CATEGORIES
from resources.preferences import Floats
from resources.row_keys import digest_id

TEMPERATURES: Final = np.geomspace(0.002, 0.5, 49)
MEANING_WEIGHTS: Final = (0.125, 0.5, 2.0)  # a: how much the embedding counts beside the grams
RIDGE: Final = 4.0  # λ, chosen by cross-validation outside the judge part
FOLDS: Final = 5
ENOUGH: Final = 1_000  # left-out texts that a and τ are chosen by: more cost time alone
ROUGHLY, EXACTLY = 1e-3, 1e-7  # how far the solver goes, for scores and for the weights

Truth = NDArray[np.intp]


class _Choice(NamedTuple):
    loss: float
    meaning_weight: float
    temperature: float


def fit_prototypes(
    texts: Sequence[str],
    vectors: Vectors,
    categories: Sequence[str],
    languages: Sequence[str],
    encoder_version: str,
) -> Prototypes:
    """Category vectors of the reference texts; `vectors` are their embeddings, (texts, dimension).

    SettingError when a category has no text: its option could never be recommended by text.
    """
    missing = sorted(set(CATEGORIES) - set(categories))
    if missing:
        raise SettingError(f"the context pool has no reference text of {', '.join(missing)}")
    keys = [gram_keys(text) for text in texts]
    vocabulary = learn_vocabulary(keys)
    grams = _matrix([weigh(own, vocabulary) for own in keys], len(vocabulary.keys))
    truth = np.array([CATEGORIES.index(category) for category in categories])
    with threadpool_limits(limits=1):  # the order of sums, and so the last bits, depend on threads
        best = _choose(vectors, grams, truth, _folds(list(zip(categories, languages, strict=True))))
        weights = _ridge(_features(vectors, grams, best.meaning_weight), truth, EXACTLY)
    of_meaning = best.meaning_weight**0.5 * weights[:, : vectors.shape[1]]
    of_grams = weights[:, vectors.shape[1] :].T
    return _prototypes(encoder_version, best.temperature, of_meaning, vocabulary, of_grams)


def _folds(groups: Sequence[tuple[str, str]]) -> NDArray[np.intp]:
    """The fold of each text: dealt in turn, one category and language after the other."""
    folds = np.empty(len(groups), dtype=np.intp)
    folds[sorted(range(len(groups)), key=lambda k: (groups[k], k))] = np.arange(len(groups)) % FOLDS
    return folds


def _choose(vectors: Vectors, grams: csr_array, truth: Truth, folds: NDArray[np.intp]) -> _Choice:
    """Weight and temperature with the least log-loss over texts that are left out."""
    choices = []
    for weight in MEANING_WEIGHTS:
        rows = _features(vectors, grams, weight)
        scores, own = zip(*_left_out(rows, truth, folds), strict=True)
        choices += [
            _Choice(_log_loss(np.concatenate(scores), np.concatenate(own), tau), weight, tau)
            for tau in TEMPERATURES.tolist()
        ]
    return min(choices, key=lambda choice: choice.loss)


def _left_out(
    rows: csr_array, truth: Truth, folds: NDArray[np.intp]
) -> Iterator[tuple[Floats, Truth]]:
    """Scores and categories of one fold after the other, by weights of the other folds' texts."""
    judged = 0
    for fold in range(FOLDS):
        out = folds == fold
        if judged >= ENOUGH or not out.any():
            continue
        judged += int(out.sum())
        yield rows[out] @ _ridge(rows[~out], truth[~out], ROUGHLY).T, truth[out]


def _features(vectors: Vectors, grams: csr_array, meaning_weight: float) -> csr_array:
    """φ of each text, (texts, dimension + grams)."""
    return hstack([csr_array(meaning_weight**0.5 * vectors.astype(np.float64)), grams], "csr")


def _ridge(rows: csr_array, truth: Truth, tolerance: float) -> Floats:
    """The weights, (7, features)."""
    from sklearn.linear_model import Ridge

    targets = np.eye(len(CATEGORIES))[truth] - 1 / len(CATEGORIES)
    counts = np.bincount(truth, minlength=len(CATEGORIES))
    regression = Ridge(alpha=RIDGE, fit_intercept=False, solver="lsqr", tol=tolerance)
    regression.fit(rows, targets, sample_weight=len(truth) / (counts[truth] * len(CATEGORIES)))
    weights: Floats = regression.coef_
    return weights


def _matrix(rows: Sequence[Grams], width: int) -> csr_array:
    """(texts, grams), sparse."""
    ends = np.cumsum([0, *(len(grams.places) for grams in rows)])
    places = np.concatenate([grams.places for grams in rows])
    weights = np.concatenate([grams.weights for grams in rows])
    return csr_array((weights, places, ends), shape=(len(rows), width))


def _log_loss(scores: Floats, truth: Truth, temperature: float) -> float:
    own = softmax(scores, temperature)[np.arange(len(truth)), truth]
    return float(-np.log(own).mean())


def _prototypes(
    encoder_version: str,
    temperature: float,
    weights: Floats,
    vocabulary: Vocabulary,
    gram_weights: Floats,
) -> Prototypes:
    vectors, gram_vectors = (np.ascontiguousarray(w, np.float32) for w in (weights, gram_weights))
    content = (array.tobytes().hex() for array in (vectors, *vocabulary, gram_vectors))
    version = digest_id(FEATURES, encoder_version, repr(temperature), *content)[:12]
    return Prototypes(version, encoder_version, temperature, vectors, vocabulary, gram_vectors)
