"""How a bot chooses from a list: it settles on one option, then keeps it, changes it or leaves.

First it settles (this is not the ranker's formula): with chance `satisficing` on the top one, else
by a multinomial logit with position bias over those shown (Simon 1955; McFadden 1974),

    V(shown j) = sensitivity · match(j, wish) - position_bias · ln(1 + j).

Then, unless that is the wish, it leaves with log-odds logit(leave) + sensitivity · (½ - match), or
else does what people of the export do with a setting that is not what they want: with chance
`change` they set what they want, otherwise they run it as it is. `change` is custom_rate over the
chance that two of the person's wishes differ. It competes with the option that was settled on,
not with each one shown: a flat logit over both would let a long list of near misses drown it
(the red-bus, blue-bus problem), and bots would no longer run what the export's people run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rec_assets.personas.persona import Choice
from rec_assets.traffic.draws import pick
from rec_assets.traffic.population import BotUser
from resources.options import INTENSITIES, Option

Floats = NDArray[np.float64]
# What each word is worth to a person who wants all three; an intensity one step off is half met.
# Assumed: an export shows what was run, not what was wanted.
WORTH: Final = (0.4, 0.3, 0.3)
_STEP: Final = {word: step for step, word in enumerate(INTENSITIES)}


@dataclass(frozen=True, slots=True)
class Decision:
    """What a bot does with a list: `option` None: it leaves; `position` None: it is not shown."""

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


def change_rate(user: BotUser) -> float:
    """Chance that the user, finding another option set than the wish, sets the wish.

    In an export a change shows only where two wishes in a row differ: custom_rate over that chance.
    """
    differ = 1 - float((user.tastes**2).sum())
    return _inside(user.custom_rate / max(differ, 1e-9))


def settling(slate: Sequence[Option], wish: Option, choice: Choice) -> Floats:
    """Chances to settle on each shown option first: shape (len(slate),), sum 1."""
    matches = np.array([match(option, wish) for option in slate])
    utilities = choice.sensitivity * matches - choice.position_bias * np.log1p(
        np.arange(len(slate))
    )
    weighed = np.exp(utilities - utilities.max())
    chances: Floats = (1 - choice.satisficing) * weighed / weighed.sum()
    chances[0] += choice.satisficing
    return chances


def probabilities(slate: Sequence[Option], wish: Option, choice: Choice, change: float) -> Floats:
    """Chances of running each shown option, a wish that is not shown, and of leaving.

    Shape (len(slate) + 2,), sum 1. A wish that is shown is changed to in its place on the list.
    An empty list is left, or changed to the wish.
    """
    if not slate:
        return np.array([change, 1 - change])
    settled = settling(slate, wish, choice)
    matches = np.array([match(option, wish) for option in slate])
    missed = np.array([option != wish for option in slate])
    leaves = missed * _sigmoid(_logit(_inside(choice.leave)) + choice.sensitivity * (0.5 - matches))
    changes = missed * (1 - leaves) * change
    chances = np.zeros(len(slate) + 2)
    chances[: len(slate)] = settled * (1 - leaves - changes)
    place = slate.index(wish) if wish in slate else len(slate)
    chances[place] += settled @ changes
    chances[-1] = settled @ leaves
    return chances


def decide(
    slate: Sequence[Option], wish: Option, choice: Choice, change: float, draw: np.random.Generator
) -> Decision:
    """One draw from `probabilities`."""
    chances = probabilities(slate, wish, choice, change)
    position = pick(draw, chances / chances.sum())
    if position < len(slate):
        return Decision(slate[position], position)
    return Decision(wish if position == len(slate) else None, None)


def accept_chance(executed: Option, wish: Option, user: BotUser) -> float:
    """The user's accept rate where the wish is met; less, in log-odds, the less it is."""
    missing = user.choice.strictness * (1 - match(executed, wish))
    return float(_sigmoid(np.array(_logit(_inside(user.accept_rate)) - missing)))


def candidate_index(candidates: int, choice: Choice, draw: np.random.Generator) -> int:
    """Which of the rewritten candidates is taken: as in the export, by position alone."""
    return pick(draw, position_shares(candidates, choice))


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


def _sigmoid(log_odds: Floats) -> Floats:
    odds: Floats = 1 / (1 + np.exp(-log_odds))
    return odds
