"""Who belongs together: people described by counts, grouped, and the rest assigned afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rec_assets.grouping import Groups, choose_groups
from rec_assets.personas.dispersion import fit_dirichlet, log_likelihood
from rec_assets.personas.evidence import Evidence

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ASKED: Final = range(5, 11)  # numbers of personas the product team asked for
TRIED: Final = range(1, 11)
FEWEST: Final = 20  # people; with fewer there is one group
_UNFITTED: Final = 10.0  # concentration where nobody has two runs
_ROUNDS: Final = 50


@dataclass(frozen=True, slots=True)
class Considered:
    """One way of describing people, and what grouping by it came to."""

    description: str
    k: int
    stability: dict[int, float]
    silhouette: dict[int, float]
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """`labels` (P,): everybody's group. `core` (P,): whose runs made the groups. `shares` (k,).

    `stability` is that of the grouping taken, `considered` lists the ones tried.
    """

    k: int
    labels: Ints
    core: NDArray[np.bool_]
    shares: Floats
    stability: float
    considered: list[Considered]
    reason: str


def group_people(evidence: Evidence, seed: int) -> People:
    """Find the groups among people with enough runs, then assign the others.

    Enough: at least half as many independent runs as the whole's concentration, so that a third of
    a description is the person's own. What people write and how much they change makes a persona;
    in which language is drawn for each member, from the persona's own spread: put into the distance
    it splits every trade by language. Only where category and intensity support fewer than five
    groups is language added, and taken if there are five or more then.
    """
    options = evidence.options.reshape(len(evidence.options), -1)
    _, fitted = fit_dirichlet(options)
    core = evidence.weight >= (fitted or _UNFITTED) / 2
    if core.sum() < FEWEST:
        core = evidence.runs > 0
    name, points = "category × intensity", described(options)
    groups = _groups(points[core], seed)
    considered = [_considered(name, groups)]
    if groups.k not in ASKED:
        points = np.hstack([points, described(evidence.languages)])
        more = _groups(points[core], seed)
        considered.append(_considered(f"{name} × language", more))
        if more.k in ASKED:
            name, groups = f"{name} × language", more
    labels, shares = _assign(options, core, groups)
    stability = groups.stability.get(groups.k, 1.0)
    reason = _sentence(name, groups)
    return People(groups.k, labels, core, shares, stability, considered, reason)


def described(counts: Floats) -> Floats:
    """√ of each person's shares, shrunk to the whole: distances are Hellinger's. Shape (P, k).

    The whole counts as many runs as its fitted concentration: the posterior mean.
    """
    mean, fitted = fit_dirichlet(counts)
    prior = fitted or _UNFITTED
    shrunk = (counts + prior * mean) / (counts.sum(axis=1, keepdims=True) + prior)
    points: Floats = np.sqrt(shrunk)
    return points


def _groups(points: Floats, seed: int) -> Groups:
    ks: Sequence[int] = TRIED if len(points) >= FEWEST else (1,)
    return choose_groups(points, ks=ks, seed=seed)


def _considered(name: str, groups: Groups) -> Considered:
    return Considered(name, groups.k, groups.stability, groups.silhouette, groups.reason)


def _assign(options: Floats, core: NDArray[np.bool_], groups: Groups) -> tuple[Ints, Floats]:
    """Everybody's group, and each group's share of people.

    Those outside the core go where their counts are likeliest (Dirichlet-multinomial of the group's
    core, times its share); a share is the mean responsibility over all people, found by EM.
    """
    labels = np.zeros(len(options), dtype=np.int64)
    labels[core] = groups.labels
    fits = [fit_dirichlet(options[core][groups.labels == group]) for group in range(groups.k)]
    likelihoods = np.stack(
        [log_likelihood(options[~core], mean, a or _UNFITTED) for mean, a in fits], axis=1
    )
    known = np.bincount(groups.labels, minlength=groups.k)
    shares = known / known.sum()
    for _ in range(_ROUNDS):
        weighed = np.exp(likelihoods - likelihoods.max(axis=1, keepdims=True)) * shares
        responsible = weighed / weighed.sum(axis=1, keepdims=True)
        shares = (known + responsible.sum(axis=0)) / len(options)
    labels[~core] = np.argmax(responsible, axis=1)
    return labels, shares


def _sentence(name: str, groups: Groups) -> str:
    fewer = groups.k not in ASKED
    asked = f" Fewer than the {ASKED[0]} asked for: the data do not support more." if fewer else ""
    return f"By {name}: {groups.reason}{asked}"
