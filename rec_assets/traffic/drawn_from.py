"""What a wheel's bots are drawn from: personas, their number and a seed, fixed with the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from rec_assets import manifests
from rec_assets.personas.persona import Persona
from rec_assets.personas.stored import read_stored, write_stored
from rec_assets.traffic.allotment import allot
from rec_assets.traffic.population import BotUser, draw_users, personas_of
from resources.errors import SettingError
from resources.log_store import LogStore
from resources.records import DRAWN_FROM
from resources.settings import Settings

_KEPT: Final = (DRAWN_FROM, "drawn")  # their manifest: number and seed


@dataclass(frozen=True, slots=True)
class DrawnFrom:
    """The same of these are the same bots; of another number most ids are other personas'."""

    personas: Sequence[Persona]
    users: int
    seed: int

    def bots(self) -> list[BotUser]:
        """All of them, in order of their ids."""
        return draw_users(self.personas, self.users, self.seed)

    def persona_names(self) -> dict[str, str]:
        """The name of the persona that each bot was drawn around, by user id."""
        return personas_of(self.personas, self.users)


def keep_drawn_from(store: LogStore, settings: Settings) -> DrawnFrom:
    """What this wheel's bots are drawn from: today's personas and settings, kept at the first call.

    Neither mining anew nor another setting may turn a bot with a history into another person:
    SettingError where REC_USERS or REC_SEED is another than what was kept, or cannot be used.
    """
    kept = manifests.written(store, *_KEPT)
    now: dict[str, Any] = {"users": settings.users, "seed": settings.seed}
    if kept is None and store.count(DRAWN_FROM):  # a wheel of before they were kept
        manifests.complete(store, *_KEPT, **now)
    elif kept is None or not kept["complete"]:
        personas = read_stored(store)
        allot(personas, settings.users)  # before anything is kept that no bots can be drawn from
        manifests.begin(store, *_KEPT)
        write_stored(store, personas, DRAWN_FROM)
        manifests.complete(store, *_KEPT, **now)
    elif other := {name: kept[name] for name in now if kept[name] != now[name]}:
        told = ", ".join(f"REC_{n.upper()} {was}, now it is {now[n]}" for n, was in other.items())
        raise SettingError(
            f"the bots of this wheel were drawn with {told}: most would become other people under "
            f"the same ids. Set it back, or begin with an empty log store"
        )
    return DrawnFrom(read_stored(store, DRAWN_FROM), **now)


def read_drawn_from(store: LogStore, settings: Settings) -> DrawnFrom | None:
    """What was kept; None before. The settings serve for a wheel of before they were kept."""
    personas = read_stored(store, DRAWN_FROM)
    if not personas:
        return None
    kept = manifests.read(store, *_KEPT) or {"users": settings.users, "seed": settings.seed}
    return DrawnFrom(personas, kept["users"], kept["seed"])
