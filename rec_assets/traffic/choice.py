"""How a bot chooses: satisficing, then a multinomial logit with position bias. Not the ranker.

A bot knows what it wants (its wish) and sees the list, not its scores. With chance `satisficing` it
reads from the top and takes the first option that is good enough (Simon 1955; Caplin, Dean and
Martin 2011). Else, or if none is, it weighs all of them (McFadden 1974):

    V(shown j)  = sensitivity · match(j, wish) - position_bias · ln(1 + j)
    V(change)   = sensitivity · m̄ + ln(change / (1 - change)),   only if the wish is not shown
    V(leave)    = sensitivity · ½ + ln(leave / (1 - leave))

`match` is a number from 0 to 1. `change` is the chance that a person whose setting is not the wish
changes it: custom_rate over the chance that two of the person's wishes differ; m̄ is the mean match
of two wishes that differ. So with one such option shown, V says exactly `change`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rec_assets.personas.persona import Choice
from rec_assets.traffic.population import BotUser
from resources.options import INTENSITIES, OPTIONS, Option

Floats = NDArray[np.float64]
# What each word is worth to a person who wants all three; an intensity one step off is half met.
# Assumed: an export shows what was run, not what was wanted.
WORTH: Final = (0.4, 0.3, 0.3)
_STEP: Final = {word: step for step, word in enumerate(INTENSITIES)}


@dataclass(frozen=True, slots=True)
class Habit:
    """What a bot's tastes say about changing an option: see the module's formula."""

    change: float
    mean_miss: float  # m̄


@dataclass(frozen=True, slots=True)
class Decision:
    """What a bot does with a list: `option` None means it leaves, `position` None it changed it."""

    option: Option | None
    position: int | None


def match(option: Option, wish: Option) -> float:
    """How far an option meets a wish: 1 fully, 0 not at all."""
    category, intensity, language = WORTH
    off = abs(_STEP[option.intensity] - _STEP[wish.intensity]) / (len(INTENSITIES) - 1)
    return (
        category * (option.category == wish.category)
        + intensity * (1 - off)
        + language * (option.language == wish.language)
    )


MATCHES: Final[Floats] = np.array([[match(one, other) for other in OPTIONS] for one in OPTIONS])


def habit(user: BotUser) -> Habit:
    """`change` and m̄ of a user, from its custom_rate and its tastes over the 84 options."""
    tastes = user.tastes.reshape(-1)
    same = float((tastes**2).sum())
    differ = max(1 - same, 1e-9)
    mean_miss = (float(((MATCHES @ tastes) * tastes).sum()) - same) / differ
    return Habit(_inside(user.custom_rate / differ), mean_miss)


def probabilities(slate: Sequence[Option], wish: Option, choice: Choice, own: Habit) -> Floats:
    """Chances of taking each shown option, changing it, leaving: shape (len(slate) + 2,), sum 1."""
    matches = np.array([match(option, wish) for option in slate])
    at_once = np.zeros(len(slate) + 2)
    at_once[np.flatnonzero(matches >= choice.good_enough)[:1]] = choice.satisficing
    bias = choice.position_bias * np.log1p(np.arange(len(slate)))
    change = choice.sensitivity * own.mean_miss + _logit(own.change)
    leave = choice.sensitivity / 2 + _logit(choice.leave)
    utilities = np.array(
        [*(choice.sensitivity * matches - bias), -np.inf if wish in slate else change, leave]
    )
    weighed = np.exp(utilities - utilities.max())
    chances: Floats = at_once + (1 - at_once.sum()) * weighed / weighed.sum()
    return chances


def decide(
    slate: Sequence[Option], wish: Option, choice: Choice, own: Habit, draw: np.random.Generator
) -> Decision:
    """One draw from `probabilities`."""
    chances = probabilities(slate, wish, choice, own)
    position = int(draw.choice(len(chances), p=chances / chances.sum()))
    if position < len(slate):
        return Decision(slate[position], position)
    return Decision(wish if position == len(slate) else None, None)


def accept_chance(executed: Option, wish: Option, user: BotUser) -> float:
    """The user's accept rate where the wish is met; less, in log-odds, the less it is."""
    missing = user.choice.strictness * (1 - match(executed, wish))
    return float(1 / (1 + np.exp(missing - _logit(_inside(user.accept_rate)))))


def candidate_index(candidates: int, choice: Choice, draw: np.random.Generator) -> int:
    """Which of the rewritten candidates is taken: as in the export, by position alone."""
    return int(draw.choice(candidates, p=position_shares(candidates, choice)))


def position_shares(candidates: int, choice: Choice) -> Floats:
    """Chances of each position of a list whose members are alike to the model. Sums to 1.

    `satisficing` takes the first; the rest is a logit in -position_bias · ln(1 + position).
    """
    weighed = np.exp(-choice.position_bias * np.log1p(np.arange(candidates)))
    shares: Floats = (1 - choice.satisficing) * weighed / weighed.sum()
    shares[0] += choice.satisficing
    return shares


def _inside(share: float) -> float:
    """The share, away from 0 and 1, where log-odds are not finite."""
    return min(max(share, 0.02), 0.98)


def _logit(share: float) -> float:
    return float(np.log(share / (1 - share)))
