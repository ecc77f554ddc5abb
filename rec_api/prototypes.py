"""Category vectors: what a text says of its category, by its meaning and by its manner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rec_api.character_grams import Vocabulary, gram_keys, weigh
from resources.preferences import Floats

FEATURES: Final = "embedding + character grams 1-4"  # a new definition is a new version
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Prototypes:
    """Two vectors for each category: r_c over the embedding, s_c over the character grams."""

    version: str
    encoder_version: str
    temperature: float
    vectors: Vectors  # (7, dimension): r_c
    vocabulary: Vocabulary
    gram_vectors: Vectors  # (grams, 7): s_c in columns, so that a text gathers whole rows


def category_distribution(text: str, embedding: Vectors, prototypes: Prototypes) -> Floats:
    """v(c) = softmax_c((r_c · e + s_c · g) / τ), shape (7,); strictly positive.

    e is the text's embedding, g its known character grams at length one. Each product is summed in
    order, without BLAS: equal texts give equal bits.
    """
    grams = weigh(gram_keys(text), prototypes.vocabulary)
    rows = prototypes.gram_vectors.take(grams.places, axis=0)
    manner = np.add.reduce(rows * grams.weights[:, None], axis=0)
    products = np.multiply(prototypes.vectors, embedding, dtype=np.float64)
    meaning = np.add.reduce(products, axis=1)
    return softmax(meaning + manner, prototypes.temperature)


def softmax(scores: Floats, temperature: float) -> Floats:
    """Shares along the last axis, as exp(score / τ)."""
    shifted = (scores - scores.max(-1, keepdims=True)) / temperature
    weights = np.exp(shifted)
    normal: Floats = weights / weights.sum(-1, keepdims=True)
    return normal
