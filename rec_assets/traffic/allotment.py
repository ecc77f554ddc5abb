"""How many users a persona gets, and how active each of them is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Final

import numpy as np

from rec_assets.personas.persona import Persona
from rec_assets.traffic.draws import generator
from resources.errors import SettingError

FEWEST: Final = 10  # users of a persona, where there are at least 12 for each: to judge some of


def allot(personas: Sequence[Persona], users: int) -> list[int]:
    """Users of each persona by share (largest remainder), at least 10 where there are 12 for each.

    Those added to a small persona come from the largest ones.
    """
    if users < len(personas) or not personas:
        raise SettingError(
            f"{users} simulated users for {len(personas)} personas: REC_USERS must be at least the "
            "number of personas, and there must be one. The first run fixed it: begin with more "
            "users in an empty REC_HOME"
        )
    shares = np.array([persona.share for persona in personas])
    exact = users * shares / shares.sum()
    counts = np.floor(exact).astype(int)
    for position in np.argsort(counts - exact, kind="stable")[: users - counts.sum()]:
        counts[position] += 1
    fewest = FEWEST if users >= 12 * len(personas) else 1
    while counts.min() < fewest:
        counts[np.argmax(counts)] -= 1
        counts[np.argmin(counts)] += 1
    return [int(count) for count in counts]


def activities(persona: Persona, users: int, seed: int) -> list[float]:
    """Log-normal weights, one from each of `users` equally likely strata, in a drawn order.

    Stratified (Latin hypercube): the same tail as independent draws, but ten users of a small
    persona are never all idle by chance.
    """
    draw = generator(seed, "activity", persona.name)
    ranks = (draw.permutation(users) + draw.random(users)) / users
    normal = NormalDist(persona.activity.log_mean, max(persona.activity.log_sd, 1e-9))
    return [math.exp(normal.inv_cdf(min(max(rank, 1e-9), 1 - 1e-9))) for rank in ranks]
