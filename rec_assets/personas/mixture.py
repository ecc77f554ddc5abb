"""A mixture of Dirichlet-multinomials: people in groups, each with shares of their own.

A person of group g has shares drawn from Dirichlet(α_g) and counts drawn from those shares
(Minka, "Estimating a Dirichlet distribution", 2000; as a mixture for sparse counts: Holmes, Harris
and Quince 2012). So one run says little and forty say much, without a threshold. It is fitted by
EM; inside, α moves by Minka's fixed point, which never lowers the likelihood. Several blocks of
counts (what people write, in which language) are independent given the group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rec_assets.personas.cells import Cells
from rec_assets.personas.dispersion import fit_dirichlet

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

UNFITTED: Final = 10.0  # concentration to begin with where nobody has two runs
STARTS, START_PEOPLE, START_ROUNDS = 8, 2_000, 15  # short runs; the best of them is finished
ROUNDS: Final = 100
GAIN: Final = 1e-5  # of log-likelihood a person, below which EM has arrived
_SURE: Final = 0.9  # how sure EM begins of a start's grouping


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Counts (n, c) of some words. `least`: the smallest concentration a group may have in them."""

    counts: Floats
    least: float


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """`shares` (k,) of the people; `alphas`: for each block (k, c). `fit`: the log-likelihood."""

    shares: Floats
    alphas: tuple[Floats, ...]
    fit: float

    @property
    def k(self) -> int:
        """How many groups."""
        return len(self.shares)

    def responsibilities(self, counts: Sequence[Floats]) -> Floats:
        """How likely each person (n) belongs to each group (k): rows sum to 1."""
        return _posterior(self.shares, self.alphas, [Cells(block) for block in counts])[0]

    def bic(self, people: int) -> float:
        """Schwarz's criterion (1978), lower is better: -2 ln L + parameters · ln(people)."""
        free = sum(alpha.size for alpha in self.alphas) + self.k - 1
        return float(free * np.log(people) - 2 * self.fit)


def fit_mixture(blocks: Sequence[Block], k: int, seed: int, starts: int = STARTS) -> Mixture:
    """The likeliest mixture of `k` groups that EM finds from K-Means on random parts of the people.

    The same people give the same groups whatever their order. ValueError without people.
    """
    if not len(blocks[0].counts):
        raise ValueError("there is nobody to group")
    rows, times = _distinct(blocks)
    whole = [_whole(block) for block in blocks]
    if k == 1:
        begun = Mixture(np.ones(1), tuple(a * mean[None] for mean, a in whole), 0.0)
        return _climb(begun, rows, times, [mean for mean, _ in whole], ROUNDS)
    return _from_starts(rows, times, whole, k, seed, starts)


def refine(mixture: Mixture, blocks: Sequence[Block]) -> Mixture:
    """The mixture that EM comes to from this one; a block it does not know yet is learnt first."""
    rows, times = _distinct(blocks)
    whole = [_whole(block) for block in blocks]
    known = [Cells(block.counts) for block in rows[: len(mixture.alphas)]]
    sure, _ = _posterior(mixture.shares, mixture.alphas, known)
    alphas = list(mixture.alphas)
    for block, (mean, a) in zip(rows[len(alphas) :], whole[len(alphas) :], strict=True):
        alphas.append(_begun(block.counts, sure, times, mean, a))
    begun = Mixture(mixture.shares, tuple(alphas), mixture.fit)
    return _climb(begun, rows, times, [mean for mean, _ in whole], ROUNDS)


def _distinct(blocks: Sequence[Block]) -> tuple[list[Block], Floats]:
    """The blocks with equal people put together, and how many each row stands for."""
    together = np.hstack([block.counts for block in blocks])
    rows, times = np.unique(together, axis=0, return_counts=True)
    ends = np.cumsum([block.counts.shape[1] for block in blocks])[:-1]
    parts = np.split(rows, ends, axis=1)
    made = [
        Block(np.ascontiguousarray(part), b.least) for part, b in zip(parts, blocks, strict=True)
    ]
    return made, times.astype(float)


def _whole(block: Block) -> tuple[Floats, float]:
    mean, a = fit_dirichlet(block.counts)
    return mean, max(a or UNFITTED, block.least)


def _from_starts(
    rows: Sequence[Block],
    times: Floats,
    whole: Sequence[tuple[Floats, float]],
    k: int,
    seed: int,
    starts: int,
) -> Mixture:
    means = [mean for mean, _ in whole]
    begun: list[Mixture] = []
    for start in range(starts):
        draw = np.random.default_rng([seed, k, start])
        some = np.sort(draw.permutation(len(times))[:START_PEOPLE])
        part = [Block(block.counts[some], block.least) for block in rows]
        sure = _first_guess(part, times[some], whole, k, int(draw.integers(2**31)))
        alphas = tuple(
            _begun(block.counts, sure, times[some], mean, a)
            for block, (mean, a) in zip(part, whole, strict=True)
        )
        shares = (sure * times[some, None]).sum(axis=0) / times[some].sum()
        begun.append(_climb(Mixture(shares, alphas, 0.0), part, times[some], means, START_ROUNDS))
    each = (
        begun if len(times) <= START_PEOPLE else [_climb(m, rows, times, means, 1) for m in begun]
    )
    return _climb(max(each, key=lambda mixture: mixture.fit), rows, times, means, ROUNDS)


def _first_guess(
    part: Sequence[Block],
    times: Floats,
    whole: Sequence[tuple[Floats, float]],
    k: int,
    seed: int,
) -> Floats:
    """K-Means on √ of the shrunk shares (Hellinger's distance), made a little unsure: (n, k)."""
    from sklearn.cluster import KMeans

    totals = part[0].counts.sum(axis=1)
    points = [
        np.sqrt((block.counts + a * mean) / (block.counts.sum(axis=1, keepdims=True) + a))
        for block, (mean, a) in zip(part, whole, strict=True)
    ]
    model = KMeans(k, n_init=1, max_iter=10, random_state=seed)
    weight = times * totals / (totals + whole[0][1])
    labels = model.fit(np.hstack(points), sample_weight=weight).labels_
    sure: Floats = np.eye(k)[labels] * _SURE + (1 - _SURE) / k
    return sure


def _begun(counts: Floats, sure: Floats, times: Floats, mean: Floats, a: float) -> Floats:
    """The groups' α to begin with: the mean shares of who seems to belong to each, (k, c)."""
    weight = times / (counts.sum(axis=1) + a)
    shares = mean + (sure * weight[:, None]).T @ counts
    begun: Floats = 2 * a * shares / shares.sum(axis=1, keepdims=True)
    return begun


def _climb(
    mixture: Mixture, rows: Sequence[Block], times: Floats, means: Sequence[Floats], rounds: int
) -> Mixture:
    """At most so many rounds of EM; it ends early where a round gains next to nothing."""
    cells = [Cells(block.counts) for block in rows]
    shares, alphas, fit = mixture.shares, mixture.alphas, -np.inf
    for _ in range(rounds):
        sure, likelihoods = _posterior(shares, alphas, cells)
        before, fit = fit, float((likelihoods * times).sum())
        if fit - before < GAIN * times.sum():
            break
        weights = sure * times[:, None]
        shares = (weights.sum(axis=0) + 1) / (times.sum() + len(shares))
        alphas = tuple(
            cell.raised(alpha, weights, mean, block.least)
            for cell, alpha, mean, block in zip(cells, alphas, means, rows, strict=True)
        )
    return Mixture(shares, alphas, fit)


def _posterior(
    shares: Floats, alphas: Sequence[Floats], cells: Sequence[Cells]
) -> tuple[Floats, Floats]:
    """Each person's chances of the groups (n, k), and their log-likelihood (n,)."""
    logs = np.log(shares) + sum(
        cell.log_likelihood(alpha) for cell, alpha in zip(cells, alphas, strict=True)
    )
    top = logs.max(axis=1, keepdims=True)
    weighed = np.exp(logs - top)
    total = weighed.sum(axis=1, keepdims=True)
    return weighed / total, (top + np.log(total))[:, 0]
