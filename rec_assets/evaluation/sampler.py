"""One sentence as users of several personas see it: the wheel's result at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rec_api.scoring import TERMS
from rec_assets.evaluation.judgement import JudgeText, Served, first_option
from rec_assets.personas.persona import Persona
from rec_assets.traffic.population import BotUser

SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Sampled:
    """What a user would see first, and what its score is made of."""

    user_id: str
    persona: str
    option: str
    score: float
    contributions: dict[str, float]


def most_neutral(texts: Sequence[JudgeText]) -> JudgeText | None:
    """The judge text that rules out no category: its least likely one is likeliest.

    None without an encoder or texts.
    """
    own = [text for text in texts if text.distribution is not None]
    return max(own, key=lambda t: (_least(t), t.text), default=None)


def _least(text: JudgeText) -> float:
    assert text.distribution is not None
    return float(text.distribution.min())


def sample(
    text: JudgeText, users: Sequence[BotUser], personas: Sequence[Persona], served: Served
) -> list[Sampled]:
    """The busiest user of each persona; up to three whose first options differ, else all."""
    seen = [
        _as_seen(text, busiest, served)
        for persona in personas
        if (busiest := _busiest(persona, users, served)) is not None
    ]
    different: dict[str, Sampled] = {}
    for one in seen:
        different.setdefault(one.option, one)
    return list(different.values())[:SHOWN]


def _busiest(persona: Persona, users: Sequence[BotUser], served: Served) -> BotUser | None:
    own = [u for u in users if u.persona == persona.name and u.user_id in served.profiles]
    return max(own, key=lambda u: (served.profiles[u.user_id].executions, u.user_id), default=None)


def _as_seen(text: JudgeText, user: BotUser, served: Served) -> Sampled:
    option, parts = first_option(served, user.user_id, text)
    contributions = dict(zip(TERMS, map(float, parts), strict=True))
    return Sampled(
        user.user_id, user.persona, option.id, sum(contributions.values()), contributions
    )
