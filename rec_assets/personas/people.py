"""Who belongs together: the groups among an export's people, and how sure each one's place is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rec_assets.personas.dispersion import LEAST
from rec_assets.personas.evidence import Evidence
from rec_assets.personas.group_choice import Chosen, choose_mixture
from rec_assets.personas.mixture import block_of, refine

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ASKED: Final = range(5, 11)  # numbers of personas the product team asked for
TRIED: Final = range(1, 11)
FEWEST: Final = 20  # people; with fewer there is one group
# Concentration of a group's languages where groups may be told apart by them: below it a group
# would hold people who each keep to another language, and no language would tell groups apart.
TOGETHER: Final = 2.0


@dataclass(frozen=True, slots=True)
class Considered:
    """One way of describing people, and what grouping by it came to (figures by k tried)."""

    description: str
    k: int
    stability: dict[int, float]
    bic: dict[int, float]
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """`belonging` (P, k): how likely each person is of each group, the largest group first.

    `labels` (P,) is the likeliest, `shares` (k,) the mean of `belonging`. `stability` is that of
    the grouping taken, `considered` lists the ones tried.
    """

    k: int
    belonging: Floats
    stability: float
    considered: list[Considered]
    reason: str

    @property
    def labels(self) -> Ints:
        """Everybody's group, also of who has hardly any run."""
        likeliest: Ints = np.argmax(self.belonging, axis=1).astype(np.int64)
        return likeliest

    @property
    def shares(self) -> Floats:
        """Each group's share of the people."""
        mean: Floats = self.belonging.mean(axis=0)
        return mean


def group_people(evidence: Evidence, seed: int, before: int = 0) -> People:
    """Find the groups, and everybody's place in them; `before`: how many there were last time.

    What people write and how much they change makes a persona; in which language is drawn for each
    member, from the persona's own spread: put into the search it splits every trade by language.
    So languages help only to place people, once the groups are known. Only where category and
    intensity support fewer than five groups is it searched by language too, and taken if there are
    five or more then.
    """
    options = evidence.options.reshape(len(evidence.options), -1)
    ks: Sequence[int] = TRIED if len(options) >= FEWEST else (1,)
    name, blocks = "category × intensity", [block_of(options, LEAST)]
    taken = choose_mixture(blocks, ks=ks, seed=seed, before=before)
    considered = [_considered(name, taken)]
    mixture = None
    if taken.k not in ASKED:
        both = [*blocks, block_of(evidence.languages, TOGETHER)]
        more = choose_mixture(both, ks=ks, seed=seed, before=before)
        considered.append(_considered(f"{name} × language", more))
        if more.k in ASKED:
            name, taken, mixture = f"{name} × language", more, more.mixture
    counts = [options, evidence.languages]
    mixture = mixture or refine(taken.mixture, [*blocks, block_of(evidence.languages, LEAST)])
    belonging = mixture.responsibilities(counts)
    return _people(belonging, taken, name, considered)


def _people(belonging: Floats, taken: Chosen, name: str, considered: list[Considered]) -> People:
    """Groups, largest first, equals by their number; one that is nobody's likeliest is left out."""
    sizes = np.bincount(np.argmax(belonging, axis=1), minlength=belonging.shape[1])
    order = [g for g in np.argsort(-sizes, kind="stable") if sizes[g]]
    kept = belonging[:, order]
    kept = kept / kept.sum(axis=1, keepdims=True)
    return People(
        len(order), kept, taken.stability[taken.k], considered, _sentence(name, taken, len(order))
    )


def _considered(name: str, chosen: Chosen) -> Considered:
    return Considered(name, chosen.k, chosen.stability, chosen.bic, chosen.reason)


def _sentence(name: str, chosen: Chosen, k: int) -> str:
    asked = f" Fewer than the {ASKED[0]} asked for: the data do not support more."
    return f"By {name}: {chosen.reason}{'' if k in ASKED else asked}"
