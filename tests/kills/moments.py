"""Who is killed when: drawn from a seed, with every asset hit."""

from __future__ import annotations

import random
from typing import NamedTuple

LOADED = ("raw_corporate_data",)
MINED = ("category_prototypes", "mined_personas", "personas")
DAILY = (
    "simulated_traffic", "training_examples", "golden_export", "user_profiles",
    "cluster_profiles", "serving_profiles", "wheel_report",
)  # fmt: skip
ASSETS = (*LOADED, *MINED, *DAILY)
BEFORE, AFTER = "before the first step", "after the last step"
RUN, SERVICE, REDIS, WATCHDOG = "run", "service", "redis", "redis's watchdog"
FILES, DAYS = 5, 2  # how often the steps of load and of wheel run


class Kill(NamedTuple):
    """One kill: `fraction` of the place's clean duration after its beginning."""

    number: int
    target: str
    place: str  # an asset, BEFORE or AFTER
    occurrence: int  # of the asset's step in the command: which file, which day
    fraction: float
    fresh: bool  # begins in an empty REC_HOME, else where the first day's traffic had begun

    def __str__(self) -> str:
        where = f"{self.place}[{self.occurrence}]" if self.place in ASSETS else self.place
        return f"{self.target} in {where} at {self.fraction:.2f}"


def draw(seed: int, number: int) -> list[Kill]:
    """Half of them hit the command, a quarter the service, a quarter Redis; shuffled.

    The command is hit in every asset, before the first and after the last step, if they suffice.
    """
    chance = random.Random(f"kills/{seed}")
    services = number // 4
    places = [BEFORE, *ASSETS, AFTER]
    chance.shuffle(places)
    kills = [(RUN, places[k % len(places)]) for k in range(number - 2 * services)]
    kills += [(SERVICE, "simulated_traffic")] * services
    for k in range(services):
        target = WATCHDOG if k % 5 == 4 else REDIS
        kills.append((target, DAILY[k] if k < len(DAILY) else chance.choice(ASSETS)))
    chance.shuffle(kills)
    return [_kill(chance, k, *kill) for k, kill in enumerate(kills)]


def _kill(chance: random.Random, number: int, target: str, place: str) -> Kill:
    times = FILES if place in LOADED else DAYS if place in DAILY else 1
    occurrence, fraction = chance.randrange(times), round(chance.uniform(0.02, 0.98), 3)
    fresh = (place not in DAILY and place != AFTER) or chance.random() < 0.1
    return Kill(number, target, place, occurrence, fraction, fresh)
