"""Bots: users drawn around the personas, each with tastes of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rec_assets.personas.persona import Choice, Persona, TextLength
from rec_assets.traffic.allotment import activities, allot
from rec_assets.traffic.draws import generator
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES

Floats = NDArray[np.float64]
_FLOOR: Final = 1e-6  # of a share, so that a Dirichlet is defined


@dataclass(frozen=True, slots=True, eq=False)
class BotUser:
    """One simulated person. Every row of a taste sums to 1, in the order of resources.options."""

    user_id: str
    persona: str
    category: Floats  # (7,)
    intensity_by_category: Floats  # (7, 3)
    text_language: Floats  # (4,)
    language_by_text_language: Floats  # (4, 4)
    hours: Floats  # (24,) UTC
    activity: float  # weight among the users of a day
    accept_rate: float
    custom_rate: float
    edit_rate: float
    prompt_rate: float
    prompts: tuple[str, ...]
    session_length: float  # mean runs of a sitting
    text_length: TextLength
    choice: Choice

    @property
    def mode_option(self) -> tuple[str, str]:
        """The category and intensity it wants most often: the ceiling of exit criterion 3."""
        joint = self.category[:, None] * self.intensity_by_category
        category, intensity = divmod(int(np.argmax(joint)), len(INTENSITIES))
        return CATEGORIES[category], INTENSITIES[intensity]

    @property
    def tastes(self) -> Floats:
        """How often it wants each option: (7, 3, 4), sums to 1."""
        language = self.text_language @ self.language_by_text_language
        joint = self.category[:, None] * self.intensity_by_category
        wanted: Floats = joint[:, :, None] * language
        return wanted


def draw_users(personas: Sequence[Persona], users: int, seed: int) -> list[BotUser]:
    """`users` bots, persona by persona, ids `sim-00001`…; the same for the same arguments.

    Every preference is Dirichlet, every rate Beta around the persona's with its concentrations,
    activity log-normal. ValueError when there are fewer users than personas.
    """
    owners = [
        (persona, activity)
        for persona, count in zip(personas, allot(personas, users), strict=True)
        for activity in activities(persona, count, seed)
    ]
    return [
        _draw_user(persona, activity, user_id, generator(seed, "user", user_id))
        for user_id, (persona, activity) in zip(_ids(users), owners, strict=True)
    ]


def personas_of(personas: Sequence[Persona], users: int) -> dict[str, str]:
    """The names of the personas that `draw_users` draws its bots around, by user id."""
    counts = zip(personas, allot(personas, users), strict=True)
    names = [persona.name for persona, count in counts for _ in range(count)]
    return dict(zip(_ids(users), names, strict=True))


def _ids(users: int) -> list[str]:
    return [f"sim-{number:05d}" for number in range(1, users + 1)]


def _draw_user(
    persona: Persona, activity: float, user_id: str, draw: np.random.Generator
) -> BotUser:
    alike = persona.concentrations
    intensity, language = persona.intensity_by_category, persona.language_by_text_language
    return BotUser(
        user_id=user_id,
        persona=persona.name,
        category=_around(persona.category, CATEGORIES, alike.category, draw),
        intensity_by_category=np.array(
            [_around(intensity[word], INTENSITIES, alike.intensity, draw) for word in CATEGORIES]
        ),
        text_language=_around(persona.text_language, LANGUAGES, alike.text_language, draw),
        language_by_text_language=np.array(
            [_around(language[word], LANGUAGES, alike.language, draw) for word in LANGUAGES]
        ),
        hours=_dirichlet(np.array(persona.hours), alike.hours, draw),
        activity=activity,
        accept_rate=_rate(persona.accept_rate, alike.accept, draw),
        custom_rate=_rate(persona.custom_rate, alike.custom, draw),
        edit_rate=_rate(persona.edit_rate, alike.accept, draw),
        prompt_rate=_rate(persona.prompt_rate, alike.accept, draw) if persona.prompts else 0.0,
        prompts=tuple(persona.prompts),
        session_length=persona.session_length.mean,
        text_length=persona.text_length,
        choice=persona.choice,
    )


def _around(
    shares: dict[str, float], words: tuple[str, ...], concentration: float, draw: Any
) -> Floats:
    return _dirichlet(np.array([shares[word] for word in words]), concentration, draw)


def _dirichlet(mean: Floats, concentration: float, draw: np.random.Generator) -> Floats:
    floored = np.maximum(mean / mean.sum(), _FLOOR)
    taste: Floats = draw.dirichlet(concentration * floored / floored.sum())
    if taste.sum() <= 0:  # every gamma draw underflowed
        taste = floored
    normalised: Floats = taste / taste.sum()
    return normalised


def _rate(mean: float, concentration: float, draw: np.random.Generator) -> float:
    """Beta around the mean; 0 and 1 stay as they are."""
    if not 0 < mean < 1:
        return mean
    return float(draw.beta(concentration * mean, concentration * (1 - mean)))
