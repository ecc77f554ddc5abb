"""Fitting the category vectors: ridge regression on the pool's reference texts, in closed form.

With φ(x) = (√a·e(x), g(x)) and a target of 1 − 1/7 for a text's own category, −1/7 for the others,
the weights are Φᵀ(ΦΦᵀ + λD⁻¹)⁻¹Y, where D gives every category the same weight. As λ grows they
become the mean vectors of the categories; a smaller λ turns them away from what categories share.
The same inverse gives each text's scores with that text left out (the residual is the dual weight
divided by the inverse's diagonal), so a and τ are chosen on texts that had no part in the vectors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from rec_api.character_grams import Grams, Vocabulary, gram_keys, learn_vocabulary, weigh
from rec_api.prototypes import FEATURES, Prototypes, Vectors, softmax
from resources.errors import SettingError
from resources.options import CATEGORIES
from resources.preferences import Floats
from resources.row_keys import digest_id

TEMPERATURES: Final = np.geomspace(0.002, 0.5, 49)
MEANING_WEIGHTS: Final = (0.25, 0.5, 1.0, 2.0)  # a: how much the embedding counts beside the grams
RIDGE: Final = 4.0  # λ, chosen by cross-validation outside the judge part
LARGEST_GROUP: Final = 150  # texts a category and language: the inverse costs their cube


class _Fit(NamedTuple):
    loss: float
    meaning_weight: float
    temperature: float
    dual: Floats  # (texts, 7)


def fit_prototypes(
    texts: Sequence[str],
    vectors: Vectors,
    categories: Sequence[str],
    languages: Sequence[str],
    encoder_version: str,
) -> Prototypes:
    """Category vectors of the reference texts; `vectors` are their embeddings, (texts, dimension).

    Of a category and language the first 150 texts count. ValueError when a category has no text:
    its option could never be recommended by text.
    """
    missing = sorted(set(CATEGORIES) - set(categories))
    if missing:
        raise SettingError(f"the context pool has no reference text of {', '.join(missing)}")
    kept = _first_of_each(list(zip(categories, languages, strict=True)))
    keys = [gram_keys(texts[k]) for k in kept]
    vocabulary = learn_vocabulary(keys)
    grams = _matrix([weigh(own, vocabulary) for own in keys], len(vocabulary.keys))
    meanings = vectors[kept].astype(np.float64)
    truth = np.array([CATEGORIES.index(categories[k]) for k in kept])
    with threadpool_limits(limits=1):  # the order of sums, and so the last bits, depend on threads
        best = _best_fit(meanings, grams, truth)
        weights = best.meaning_weight * (best.dual.T @ meanings)
        gram_weights = grams.T @ best.dual
    return _prototypes(encoder_version, best.temperature, weights, vocabulary, gram_weights)


def _first_of_each(groups: Sequence[tuple[str, str]]) -> list[int]:
    """Positions of the first texts of each (category, language)."""
    seen: Counter[tuple[str, str]] = Counter()
    kept = []
    for position, group in enumerate(groups):
        seen[group] += 1
        if seen[group] <= LARGEST_GROUP:
            kept.append(position)
    return kept


def _matrix(rows: Sequence[Grams], width: int) -> csr_array:
    """(texts, grams), sparse."""
    ends = np.cumsum([0, *(len(grams.places) for grams in rows)])
    places = np.concatenate([grams.places for grams in rows])
    weights = np.concatenate([grams.weights for grams in rows])
    return csr_array((weights, places, ends), shape=(len(rows), width))


def _best_fit(meanings: Floats, grams: csr_array, truth: NDArray[np.intp]) -> _Fit:
    """The fit with the least log-loss over texts that are left out."""
    targets = np.eye(len(CATEGORIES))[truth] - 1 / len(CATEGORIES)
    counts = np.bincount(truth, minlength=len(CATEGORIES))
    ridge = RIDGE * counts[truth] * len(CATEGORIES) / len(truth)
    by_meaning, by_grams = meanings @ meanings.T, (grams @ grams.T).toarray()
    fits = []
    for weight in MEANING_WEIGHTS:
        inverse = np.linalg.inv(weight * by_meaning + by_grams + np.diag(ridge))
        dual = inverse @ targets
        left_out = targets - dual / np.diagonal(inverse)[:, None]
        fits += [
            _Fit(_log_loss(left_out, truth, tau), weight, tau, dual)
            for tau in TEMPERATURES.tolist()
        ]
    return min(fits, key=lambda fit: fit.loss)


def _log_loss(scores: Floats, truth: NDArray[np.intp], temperature: float) -> float:
    own = softmax(scores, temperature)[np.arange(len(truth)), truth]
    return float(-np.log(own).mean())


def _prototypes(
    encoder_version: str,
    temperature: float,
    weights: Floats,
    vocabulary: Vocabulary,
    gram_weights: Floats,
) -> Prototypes:
    vectors, gram_vectors = weights.astype(np.float32), gram_weights.astype(np.float32)
    arrays = (vectors, *vocabulary, gram_vectors)
    content = (np.ascontiguousarray(array).tobytes().hex() for array in arrays)
    version = digest_id(FEATURES, encoder_version, repr(temperature), *content)[:12]
    return Prototypes(version, encoder_version, temperature, vectors, vocabulary, gram_vectors)
