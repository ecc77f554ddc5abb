"""How unlike the members of a group are, apart from the chance of having been seen so few times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Counts (n, k) of n people, the shares (k,) they lie around, and maybe each one's weight (n,).
Block = tuple[Floats, ...]
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

    telling = [_telling(*block) for block in blocks]
    telling = [block for block in telling if len(block[0])]
    if not telling:
        return near

    def loss(log_a: float) -> float:
        a = float(np.exp(log_a))
        fit = sum((log_likelihood(c, mean, a) * weight).sum() for c, mean, weight in telling)
        return float((log_a - np.log(near)) ** 2 / 2 - fit) if near else float(-fit)

    found = minimize_scalar(
        loss,
        bounds=(np.log(LEAST), np.log(MOST)),
        method="bounded",
    )
    return float(np.exp(found.x))


def fit_dirichlet(counts: Floats, weight: Floats | None = None) -> tuple[Floats, float | None]:
    """Mean (k,) and concentration of the people's shares (n, k): each fitted given the other.

    In the mean a person with N runs weighs N / (N + a), the inverse of the variance of their
    shares: heavy users do not speak for the others. `weight` (n,): how much each one counts beside.
    """
    there = counts.sum(axis=1) > 0
    seen = counts[there]
    if not len(seen):
        return np.full(counts.shape[1], 1 / counts.shape[1]), None
    own = np.ones(len(seen)) if weight is None else weight[there]
    totals = seen.sum(axis=1, keepdims=True)
    concentration: float | None = None
    for _ in range(_ROUNDS):
        a = 10.0 if concentration is None else concentration
        worth = own[:, None] * totals / (totals + a)
        mean = floored((seen / totals * worth).sum(axis=0) / worth.sum())
        concentration = fit_concentration([(seen, mean, own)])
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


def _telling(
    counts: Floats, mean: Floats, weight: Floats | None = None
) -> tuple[Floats, Floats, Floats]:
    many = counts.sum(axis=1) > 1
    own = np.ones(len(counts)) if weight is None else weight
    return counts[many], floored(mean), own[many]


def floored(shares: Floats) -> Floats:
    """The shares, none below 1e-4, summing to 1."""
    positive = np.maximum(shares, _FLOOR)
    normal: Floats = positive / positive.sum()
    return normal
