"""Who uses the editor: an occupation sets the mean of a latent vector, so that groups overlap.

Category shares are logistic-normal around it and intensity follows an ordered threshold on a latent
pressure. That is deliberately no mixture of counts and no K-Means: the miner must not find its own
assumptions.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Final

CATEGORIES: Final = (
    "thesis", "report", "article", "email", "marketing", "customer_service", "none",
)  # fmt: skip
# Two shared factors bend all categories at once: formal against casual, public against private.
_FORMAL: Final = (0.35, 0.40, -0.10, 0.30, -0.20, 0.05, -0.30)
_PUBLIC: Final = (-0.15, -0.05, 0.40, -0.15, 0.40, 0.10, -0.05)
_OWN_NOISE: Final = 0.45
_PRESSURE_NOISE: Final = 0.45


@dataclass(frozen=True)
class Occupation:
    """The mean of a person's latent vector and habits."""

    name: str
    share: float
    logits: tuple[float, ...]  # in the order of CATEGORIES
    pressure: float
    abroad: float  # mean share of texts rewritten into another language
    formal: float  # chance of the formal tone
    accept: float
    prompt: float
    median_runs: float
    sentences: float
    hours: tuple[tuple[int, int], ...]  # working hours, Korean time


_OFFICE: Final = ((9, 12), (13, 18))
_EVENING: Final = ((10, 13), (19, 24))
OCCUPATIONS: Final = (
    Occupation("graduate student", 0.135, (2.9, 0.3, -0.4, 0.3, -1.4, -1.6, 1.25),
               1.30, 0.12, 0.75, 0.66, 0.26, 10.0, 2.1, _EVENING),
    Occupation("office worker", 0.185, (-1.2, 0.4, -0.5, 2.7, -0.4, -0.3, 1.3),
               0.00, 0.05, 0.55, 0.70, 0.15, 9.5, 1.7, _OFFICE),
    Occupation("business analyst", 0.075, (-0.1, 2.7, -0.3, 0.5, -0.6, -1.0, 1.15),
               1.25, 0.05, 0.70, 0.64, 0.20, 9.5, 1.9, _OFFICE),
    Occupation("journalist", 0.115, (-0.5, -0.3, 2.9, 0.1, 0.2, -1.3, 1.15),
               -1.35, 0.03, 0.25, 0.52, 0.16, 10.5, 2.4, ((10, 19),)),
    Occupation("marketer", 0.06, (-1.5, 0.1, 0.5, 0.4, 2.9, -0.1, 1.3),
               1.40, 0.06, 0.15, 0.58, 0.30, 9.5, 1.4, _OFFICE),
    Occupation("customer-care agent", 0.045, (-1.8, -0.5, -0.9, 0.7, -0.2, 3.0, 1.35),
               0.20, 0.02, 0.80, 0.78, 0.14, 10.5, 1.5, ((9, 21),)),
    Occupation("cross-language correspondent", 0.06, (-0.8, 0.3, -0.7, 2.6, -0.3, 0.0, 1.3),
               0.45, 0.80, 0.65, 0.74, 0.20, 10.0, 1.7, _OFFICE),
    Occupation("casual user", 0.17, (-0.6, -0.6, 0.1, 0.2, -0.7, -1.0, 2.95),
               -1.70, 0.05, 0.20, 0.66, 0.10, 8.5, 1.4, ((8, 24),)),
    Occupation("casual rewriter", 0.16, (-0.6, -0.6, 0.1, 0.2, -0.7, -1.0, 2.95),
               1.70, 0.05, 0.15, 0.56, 0.18, 8.5, 1.4, ((8, 24),)),
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """One draw: tastes, habits and identities."""

    number: int
    occupation: Occupation
    category: tuple[float, ...]
    pressure: float
    native: str
    foreign: float  # chance that a text is in another language than the native one
    abroad: float  # chance that the target is another language than the text's
    accept: float
    look: float  # chance to stop at a candidate; position bias follows
    change: float
    edit: float
    prompt: float
    own_prompts: float
    runs: int
    sentences: float
    user_id: str
    devices: tuple[str, ...]
    signs_up: float  # share of the person's time before the first login; above 1: never


def draw_person(seed: int, number: int) -> Person:
    """The person of this number; the same for the same seed."""
    rng = random.Random(f"{seed}/person/{number}")
    job = rng.choices(OCCUPATIONS, [o.share for o in OCCUPATIONS])[0]
    return Person(
        number=number,
        occupation=job,
        category=_shares(rng, job),
        pressure=rng.gauss(job.pressure, _PRESSURE_NOISE),
        native=_native(rng, job),
        foreign=rng.betavariate(0.6, 9),
        abroad=_beta(rng, job.abroad, 9),
        accept=_beta(rng, job.accept, 9),
        look=_beta(rng, 0.60, 8),
        change=_beta(rng, 0.45, 6),
        edit=_beta(rng, 0.10, 5),
        prompt=_beta(rng, job.prompt, 4),
        own_prompts=_beta(rng, 0.3, 4),
        runs=_runs(rng, job),
        sentences=job.sentences * math.exp(rng.gauss(0, 0.25)),
        user_id=_hex(rng, 24),
        devices=tuple(_device(rng) for _ in range(1 + (rng.random() < 0.22))),
        signs_up=_signs_up(rng),
    )


def _shares(rng: random.Random, job: Occupation) -> tuple[float, ...]:
    formal, public = rng.gauss(0, 1), rng.gauss(0, 1)
    weights = [
        math.exp(mean + f * formal + p * public + rng.gauss(0, _OWN_NOISE))
        for mean, f, p in zip(job.logits, _FORMAL, _PUBLIC, strict=True)
    ]
    total = sum(weights)
    return tuple(weight / total for weight in weights)


def _native(rng: random.Random, job: Occupation) -> str:
    if job.abroad > 0.5:
        return "ko"
    return rng.choices(("ko", "en", "ja", "zh"), (0.83, 0.10, 0.04, 0.03))[0]


def _runs(rng: random.Random, job: Occupation) -> int:
    """Log-normal with a heavy tail; some people open the panel and never run anything."""
    if rng.random() < 0.14:
        return 0
    return min(220, max(1, round(job.median_runs * math.exp(rng.gauss(0, 1.1)))))


def _signs_up(rng: random.Random) -> float:
    return rng.choices((0.0, rng.uniform(0.02, 0.4), 2.0), (0.60, 0.27, 0.13))[0]


def _beta(rng: random.Random, mean: float, weight: float) -> float:
    return rng.betavariate(mean * weight, (1 - mean) * weight)


def _hex(rng: random.Random, digits: int) -> str:
    return f"{rng.getrandbits(4 * digits):0{digits}x}"


def _device(rng: random.Random) -> str:
    return "-".join(_hex(rng, digits) for digits in (8, 4, 4, 4, 12))
