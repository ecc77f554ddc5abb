"""How unlike the members of a group are, apart from the chance of having been seen so few times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Block = tuple[Floats, Floats]  # counts (n, k) of n people, and the shares (k,) they lie around
LEAST, MOST = 0.05, 1000.0  # where a concentration is looked for; beyond it nothing changes
_ROUNDS: Final = 8
_FLOOR: Final = 1e-4  # of a share: a word nobody used yet is not impossible


def fit_concentration(blocks: Sequence[Block], near: float | None = None) -> float | None:
    """The concentration a that makes the counts of all blocks most likely; None if none tells.

    Each person's shares are Dirichlet(a · mean), the counts multinomial: the Dirichlet-multinomial
    (Minka 2000), so sampling noise is not taken for difference. Counts may be fractions. Only
    people with more than one run say anything. `near`: what other groups have; ln a is then
    normal around it with a standard deviation of 1, so that few people do not make an extreme.
    """
    from scipy.optimize import minimize_scalar

    telling = [(counts[counts.sum(axis=1) > 1], floored(mean)) for counts, mean in blocks]
    telling = [(counts, mean) for counts, mean in telling if len(counts)]
    if not telling:
        return near

    def loss(log_a: float) -> float:
        fit = sum(log_likelihood(c, mean, float(np.exp(log_a))).sum() for c, mean in telling)
        return float((log_a - np.log(near)) ** 2 / 2 - fit) if near else float(-fit)

    found = minimize_scalar(
        loss,
        bounds=(np.log(LEAST), np.log(MOST)),
        method="bounded",
    )
    return float(np.exp(found.x))


def fit_dirichlet(counts: Floats) -> tuple[Floats, float | None]:
    """Mean (k,) and concentration of the people's shares (n, k): each fitted given the other.

    In the mean a person with N runs weighs N / (N + a), the inverse of the variance of their
    shares: heavy users do not speak for the others.
    """
    seen = counts[counts.sum(axis=1) > 0]
    if not len(seen):
        return np.full(counts.shape[1], 1 / counts.shape[1]), None
    totals = seen.sum(axis=1, keepdims=True)
    concentration: float | None = None
    for _ in range(_ROUNDS):
        weight = totals / (totals + (10.0 if concentration is None else concentration))
        mean = floored((seen / totals * weight).sum(axis=0) / weight.sum())
        concentration = fit_concentration([(seen, mean)])
    return mean, concentration


def log_likelihood(counts: Floats, mean: Floats, concentration: float) -> Floats:
    """Log-likelihood (n,) of each person's counts (n, k), but for the multinomial coefficient."""
    from scipy.special import gammaln

    alpha = concentration * mean
    total = counts.sum(axis=1)
    lone: Floats = gammaln(concentration) - gammaln(concentration + total)
    likelihood: Floats = lone + (gammaln(alpha + counts) - gammaln(alpha)).sum(axis=1)
    return likelihood


def fit_log_normal(counts: Floats) -> tuple[float, float]:
    """Mean and standard deviation of ln(rate), from people's numbers of runs, by moments.

    Counts are Poisson around the rate: Var N = m + m² (exp σ² - 1), with m the mean of N.
    """
    mean = float(counts.mean())
    extra = max(float(counts.var()) - mean, 0.0) / mean**2
    variance = float(np.log1p(extra))
    return float(np.log(mean)) - variance / 2, variance**0.5


def floored(shares: Floats) -> Floats:
    """The shares, none below 1e-4, summing to 1."""
    positive = np.maximum(shares, _FLOOR)
    normal: Floats = positive / positive.sum()
    return normal
