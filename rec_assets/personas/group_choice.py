"""How many groups of people there are: as many as the evidence pays for, if halves agree on them.

The frame is that of rec_assets.grouping: a number of groups stands only if two random halves of the
people, grouped each for itself, put everybody together in the same way. Among those the lowest BIC
wins (Schwarz 1978): what a further group explains must be worth its parameters. It knows how little
a person with two runs says, as a silhouette does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from rec_assets.grouping import SAMPLE, STABLE, agreement
from rec_assets.personas.mixture import Block, Ints, Mixture, fit_mixture

HALVES, HALF_STARTS = 5, 3  # random splits into two halves; short runs for each half
HALF_SAMPLE: Final = 5_000
PATIENCE: Final = 3  # numbers of groups in a row that raise BIC before no more are tried
# BIC by which another number must be better than that of the last mining: strong evidence (Kass
# and Raftery 1995), so that the number does not flap from day to day.
STRONG: Final = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """The mixture taken. `bic` of the numbers tried, `stability` of those that came into question.

    `reason` is a sentence.
    """

    mixture: Mixture
    bic: dict[int, float]
    stability: dict[int, float]
    reason: str

    @property
    def k(self) -> int:
        """How many groups."""
        return self.mixture.k


def choose_mixture(
    blocks: Sequence[Block], *, ks: Sequence[int], seed: int, before: int = 0
) -> Chosen:
    """Group people (rows of the blocks); the same for the same people and seed.

    `before` is the number of groups of the last mining. Groups are looked for in at most 20,000.
    ValueError without people.
    """
    import sklearn.cluster  # noqa: F401 - limits reach only the libraries that are loaded
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    draw = np.random.default_rng(seed)
    people = len(blocks[0].counts)
    chosen = np.sort(draw.permutation(people)[:SAMPLE])
    some = [block.of(chosen) for block in blocks]
    with threadpool_limits(limits=1):  # the order of sums, and so the last bits, depend on threads
        found = _tried(some, ks, seed)
        bic = {k: mixture.bic(len(chosen)) for k, mixture in found.items()}
        splits = [draw.permutation(len(chosen)) for _ in range(HALVES)]
        stability: dict[int, float] = {}
        for k in _in_order(bic, before):
            stability[k] = _stability(some, k, seed, splits)
            if stability[k] > STABLE:
                return Chosen(found[k], bic, stability, _sentence(k, bic, stability))
    raise AssertionError("one group is always stable")  # pragma: no cover


def _tried(blocks: Sequence[Block], ks: Sequence[int], seed: int) -> dict[int, Mixture]:
    """The likeliest mixture of each number of groups, upwards while that pays."""
    found: dict[int, Mixture] = {1: fit_mixture(blocks, 1, seed)}
    people = len(blocks[0].counts)
    for k in sorted(set(ks) - {1}):
        best = min(found, key=lambda j: found[j].bic(people))
        if k - best > PATIENCE or 2 * k > people:
            break
        found[k] = fit_mixture(blocks, k, seed)
    return found


def _in_order(bic: dict[int, float], before: int) -> list[int]:
    """Numbers of groups, the best first; that of the last mining leads while none is much better.

    One group ends the list: what is worse than it is out of the question.
    """
    order = sorted(bic, key=lambda k: (bic[k], k))
    order = order[: order.index(1) + 1]
    if before in order and bic[before] < bic[order[0]] + STRONG:
        order.remove(before)
        order.insert(0, before)
    return order


def _stability(blocks: Sequence[Block], k: int, seed: int, splits: Sequence[Ints]) -> float:
    counts = [block.counts for block in blocks]

    def grouped(half: Ints) -> Ints:
        mixture = fit_mixture([b.of(half[:HALF_SAMPLE]) for b in blocks], k, seed, HALF_STARTS)
        labels: Ints = np.argmax(mixture.responsibilities(counts), axis=1).astype(np.int64)
        return labels

    return 1.0 if k == 1 else agreement(splits, grouped)


def _sentence(k: int, bic: dict[int, float], stability: dict[int, float]) -> str:
    best = min(bic, key=lambda j: bic[j])
    shaky = [j for j in stability if j != k]
    tried = f"{min(bic)} to {max(bic)}" if len(bic) > 1 else "1"
    words = [f"Of {tried} groups BIC is lowest for {best}."]
    words += [
        f"{j} are not stable (two halves of the people agree with an ARI of {stability[j]:.2f}, "
        f"{STABLE} is asked for)."
        for j in shaky
    ]
    if k == 1:
        return " ".join([*words, "No groups are found: everybody is one group."])
    why = "" if k == best or shaky else " as last time (no other number is much better)"
    return " ".join(
        [*words, f"{k} taken{why}: two halves agree with an ARI of {stability[k]:.2f}."]
    )
