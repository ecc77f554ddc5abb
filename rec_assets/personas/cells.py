"""Counts of words as the Dirichlet-multinomial's likelihood needs them, and its ascent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rec_assets.personas.dispersion import MOST

Floats = NDArray[np.float64]

STRENGTH: Final = 5.0  # prior of a group's mean: Dirichlet(1 + STRENGTH · the whole's mean)
_STEPS: Final = 3  # of the fixed point in one round of EM
_LEAST_ALPHA: Final = 1e-6


class Cells:
    """Counts as a sparse table of which (word, count) a person has: few differ, most are 0."""

    def __init__(self, counts: Floats) -> None:
        from scipy.sparse import csr_array

        full = np.hstack([counts, counts.sum(axis=1, keepdims=True)])
        person, word = np.nonzero(full)
        values, value = np.unique(full[person, word], return_inverse=True)
        pairs, which = np.unique(word * len(values) + value, return_inverse=True)
        self.words = counts.shape[1]
        self.word, self.count = pairs // len(values), values[pairs % len(values)]
        self.total = self.word == self.words
        shape = (len(counts), len(pairs))
        self.has = csr_array((np.ones(len(person)), (person, which)), shape=shape)
        self.had = csr_array(self.has.T)

    def table(self, alpha: Floats, function: Callable[[Floats], Floats]) -> Floats:
        """function(α + count) - function(α) for each group and (word, count): (k, pairs)."""
        own = np.hstack([alpha, alpha.sum(axis=1, keepdims=True)])
        return function(own[:, self.word] + self.count) - function(own)[:, self.word]

    def log_likelihood(self, alpha: Floats) -> Floats:
        """Of each person's counts under each group, but for the multinomial coefficient: (n, k)."""
        from scipy.special import gammaln

        table = self.table(alpha, gammaln)
        table[:, self.total] *= -1
        likelihood: Floats = self.has @ table.T
        return likelihood

    def raised(self, alpha: Floats, weights: Floats, mean: Floats, least: float) -> Floats:
        """α after a few steps of the fixed point; `weights` (n, k) are people times certainty.

        Under the prior around `mean` words that nobody of a group used yet stay possible.
        """
        from scipy.special import digamma

        seen = (self.had @ weights).T
        for _ in range(_STEPS):
            moved = self.table(alpha, digamma) * seen
            of_word = np.stack([np.bincount(self.word, row, self.words + 1) for row in moved])
            a = alpha.sum(axis=1, keepdims=True)
            alpha = (alpha * of_word[:, :-1] + STRENGTH * mean) / (of_word[:, -1:] + STRENGTH / a)
            alpha = _bounded(alpha, least)
        return alpha


def _bounded(alpha: Floats, least: float) -> Floats:
    a = alpha.sum(axis=1, keepdims=True)
    bounded: Floats = np.maximum(alpha * (np.clip(a, least, MOST) / a), _LEAST_ALPHA)
    return bounded
