"""Category vectors: what a text says of its category, as distances to mean vectors of the pool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from resources.errors import SettingError
from resources.options import CATEGORIES
from resources.preferences import Floats
from resources.row_keys import digest_id

TEMPERATURES: Final = np.geomspace(0.02, 0.5, 25)
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Prototypes:
    """One mean vector for each (category, language) of the pool; `vectors` is (m, dimension)."""

    version: str
    encoder_version: str
    temperature: float
    vectors: Vectors
    categories: NDArray[np.int64]  # (m,) index into CATEGORIES


def category_distribution(embedding: Vectors, prototypes: Prototypes) -> Floats:
    """v(c) = softmax_c(max_j cos(x, r_cj) / τ), shape (7,); strictly positive."""
    cosines = (prototypes.vectors @ embedding).astype(np.float64)
    return _softmax(_best(cosines, prototypes.categories), prototypes.temperature)


def fit_prototypes(
    vectors: Vectors, categories: Sequence[str], languages: Sequence[str], encoder_version: str
) -> Prototypes:
    """Mean vectors of the reference texts; τ by leave-one-out log-loss over a fixed grid.

    ValueError when a category has no text: its option could never be recommended by text.
    """
    missing = sorted(set(CATEGORIES) - set(categories))
    if missing:
        raise SettingError(f"the context pool has no reference text of {', '.join(missing)}")
    truth = np.array([CATEGORIES.index(category) for category in categories])
    groups = sorted(set(zip(categories, languages, strict=True)))
    position = {group: k for k, group in enumerate(groups)}
    member = np.array([position[g] for g in zip(categories, languages, strict=True)])
    sums = np.zeros((len(groups), vectors.shape[1]))
    np.add.at(sums, member, vectors.astype(np.float64))
    owner = np.array([CATEGORIES.index(category) for category, _ in groups], dtype=np.int64)
    temperature = _leave_one_out(vectors.astype(np.float64), member, sums, owner, truth)
    means = _unit(sums).astype(np.float32)
    content = (means.tobytes().hex(), owner.tobytes().hex())
    version = digest_id(encoder_version, repr(temperature), *content)[:12]
    return Prototypes(version, encoder_version, temperature, means, owner)


def _leave_one_out(
    vectors: Floats,
    member: NDArray[np.int64],
    sums: Floats,
    owner: NDArray[np.int64],
    truth: NDArray[np.int64],
) -> float:
    cosines = vectors @ _unit(sums).T
    own = _unit(sums[member] - vectors)
    cosines[np.arange(len(vectors)), member] = (vectors * own).sum(1)
    best = np.stack([_best(row, owner) for row in cosines])
    losses = [
        -np.log(_softmax(best, tau)[np.arange(len(truth)), truth]).mean() for tau in TEMPERATURES
    ]
    return float(TEMPERATURES[int(np.argmin(losses))])


def _best(cosines: Floats, owner: NDArray[np.int64]) -> Floats:
    best = np.full(len(CATEGORIES), -np.inf)
    np.maximum.at(best, owner, cosines)
    return best


def _softmax(values: Floats, temperature: float) -> Floats:
    shifted = (values - values.max(-1, keepdims=True)) / temperature
    weights = np.exp(shifted)
    normal: Floats = weights / weights.sum(-1, keepdims=True)
    return normal


def _unit(rows: Floats) -> Floats:
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    unit: Floats = rows / np.where(length > 0, length, 1.0)
    return unit
