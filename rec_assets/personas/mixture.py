"""A mixture of Dirichlet-multinomials: people in groups, each with shares of their own.

A person of group g has shares drawn from Dirichlet(α_g) and counts drawn from those shares
(Minka, "Estimating a Dirichlet distribution", 2000; as a mixture for sparse counts: Holmes, Harris
and Quince 2012). So one run says little and forty say much, without a threshold. It is fitted by
EM; inside, α moves by Minka's fixed point, which never lowers the likelihood. Several blocks of
counts (what people write, in which language) are independent given the group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
# Of log-likelihood in a round, and beside for each person, below which EM has arrived: numbers of
# groups that are worth telling apart differ by whole units.
GAIN, GAIN_EACH = 0.02, 1e-5
_SURE: Final = 0.9  # how sure EM begins of a start's grouping


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Counts (n, c) of some words, and what the whole is like in them: mean (c,), concentration.

    `least` is the smallest concentration a group may have.
    """

    counts: Floats
    mean: Floats
    concentration: float
    least: float

    def of(self, rows: Ints) -> Block:
        """Some people's counts, next to the same whole."""
        return replace(self, counts=self.counts[rows])


def block_of(counts: Floats, least: float) -> Block:
    """The block of these counts (n, c)."""
    mean, fitted = fit_dirichlet(counts)
    return Block(counts, mean, max(fitted or UNFITTED, least), least)


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
    if k == 1:
        alphas = tuple(block.concentration * block.mean[None] for block in rows)
        return _climb(Mixture(np.ones(1), alphas, 0.0), rows, times, ROUNDS)
    return _from_starts(rows, times, k, seed, starts)


def refine(mixture: Mixture, blocks: Sequence[Block]) -> Mixture:
    """The mixture that EM comes to from this one; a block it does not know yet is learnt first."""
    rows, times = _distinct(blocks)
    known = [Cells(block.counts) for block in rows[: len(mixture.alphas)]]
    sure, _ = _posterior(mixture.shares, mixture.alphas, known)
    alphas = list(mixture.alphas)
    alphas += [_begun(block, sure, times) for block in rows[len(alphas) :]]
    return _climb(Mixture(mixture.shares, tuple(alphas), mixture.fit), rows, times, ROUNDS)


def _distinct(blocks: Sequence[Block]) -> tuple[list[Block], Floats]:
    """The blocks with equal people put together, and how many each row stands for."""
    together = np.hstack([block.counts for block in blocks])
    rows, times = np.unique(together, axis=0, return_counts=True)
    ends = np.cumsum([block.counts.shape[1] for block in blocks])[:-1]
    parts = np.split(rows, ends, axis=1)
    made = [
        replace(block, counts=np.ascontiguousarray(part))
        for part, block in zip(parts, blocks, strict=True)
    ]
    return made, times.astype(float)


def _from_starts(rows: Sequence[Block], times: Floats, k: int, seed: int, starts: int) -> Mixture:
    begun: list[Mixture] = []
    for start in range(starts):
        draw = np.random.default_rng([seed, k, start])
        some = np.sort(draw.permutation(len(times))[:START_PEOPLE])
        part, own = [block.of(some) for block in rows], times[some]
        sure = _first_guess(part, own, k, int(draw.integers(2**31)))
        alphas = tuple(_begun(block, sure, own) for block in part)
        shares = (sure * own[:, None]).sum(axis=0) / own.sum()
        begun.append(_climb(Mixture(shares, alphas, 0.0), part, own, START_ROUNDS))
    if len(times) > START_PEOPLE:  # what they say of their own part of the people is not comparable
        begun = [_climb(mixture, rows, times, 1) for mixture in begun]
    return _climb(max(begun, key=lambda mixture: mixture.fit), rows, times, ROUNDS)


def _first_guess(part: Sequence[Block], times: Floats, k: int, seed: int) -> Floats:
    """K-Means on √ of the shrunk shares (Hellinger's distance), made a little unsure: (n, k).

    Of fewer than `k` different ones the groups left over begin with nobody.
    """
    from sklearn.cluster import KMeans

    shares = [
        (block.counts + block.concentration * block.mean)
        / (block.counts.sum(axis=1, keepdims=True) + block.concentration)
        for block in part
    ]
    points = np.sqrt(np.hstack(shares))
    different = len(np.unique(points, axis=0))
    totals = part[0].counts.sum(axis=1)
    model = KMeans(min(k, different), n_init=1, max_iter=10, random_state=seed)
    weight = times * totals / (totals + part[0].concentration)
    labels = model.fit(points, sample_weight=weight).labels_
    sure: Floats = np.eye(k)[labels] * _SURE + (1 - _SURE) / k
    return sure


def _begun(block: Block, sure: Floats, times: Floats) -> Floats:
    """The groups' α to begin with: the mean shares of who seems to belong to each, (k, c)."""
    a = block.concentration
    weight = times / (block.counts.sum(axis=1) + a)
    shares = block.mean + (sure * weight[:, None]).T @ block.counts
    begun: Floats = 2 * a * shares / shares.sum(axis=1, keepdims=True)
    return begun


def _climb(mixture: Mixture, rows: Sequence[Block], times: Floats, rounds: int) -> Mixture:
    """At most so many rounds of EM; it ends early where a round gains next to nothing."""
    cells = [Cells(block.counts) for block in rows]
    shares, alphas, fit = mixture.shares, mixture.alphas, -np.inf
    for _ in range(rounds):
        sure, likelihoods = _posterior(shares, alphas, cells)
        before, fit = fit, float((likelihoods * times).sum())
        if fit - before < GAIN + GAIN_EACH * times.sum():
            break
        weights = sure * times[:, None]
        shares = (weights.sum(axis=0) + 1) / (times.sum() + len(shares))
        alphas = tuple(
            cell.raised(alpha, weights, block.mean, block.least)
            for cell, alpha, block in zip(cells, alphas, rows, strict=True)
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
