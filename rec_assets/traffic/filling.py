"""How many sessions bots add to a day: what is wanted less what came live, decided once a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from rec_assets import manifests
from resources.log_store import LogStore
from resources.records import COLLECTIONS
from resources.settings import Settings

ASSET: Final = "simulated_traffic"
A: Final = COLLECTIONS["A"]


@dataclass(frozen=True, slots=True)
class Filling:
    """The day's number of simulated sessions, and the two numbers that it came from."""

    day: str
    sessions: int
    wanted: int
    live: int  # when the number was decided
    unwanted: str = ""  # why, where nothing is wanted

    @property
    def why(self) -> str:
        """Where bots add nothing: the reason."""
        if not self.wanted:
            return self.unwanted
        return f"{self.live} live sessions are all that is wanted ({self.wanted})"

    def keep(self, store: LogStore, *, complete: bool) -> None:
        """Note the number: a day that is redone after more live rows came gets the same bots."""
        note = manifests.complete if complete else manifests.begin
        fixed = {"sessions": self.sessions, "wanted": self.wanted, "live": self.live}
        note(store, ASSET, self.day, **fixed)

    def metadata(self, store: LogStore) -> dict[str, Any]:
        """The sessions of the day by origin as they stand now."""
        asked = store.count(A, {"day": self.day})
        simulated = store.count(A, {"day": self.day, "origin": "simulation"})
        return {
            "dagster/row_count": asked,
            "simulated_share": simulated / asked if asked else 0.0,
            "sessions": self.sessions,
            "wanted_sessions": self.wanted,
            "live_sessions": asked - simulated,
        }


def fill_up(store: LogStore, settings: Settings, day: str, turn: int) -> Filling:
    """As decided when the day's traffic first began, else by what stands of the day now.

    `turn` counts days since the wheel's first. Nothing is wanted of bots where REC_SIMULATE is off.
    """
    begun = manifests.written(store, ASSET, day)
    if begun is not None:
        sessions = int(begun["sessions"])
        wanted, live = int(begun.get("wanted", sessions)), int(begun.get("live", 0))
    else:
        wanted = settings.sessions_on(turn) if settings.simulate else 0
        live = store.count(A, {"day": day, "origin": "live"})
        sessions = max(0, wanted - live)
    return Filling(day, sessions, wanted, live, _unwanted(settings, turn))


def _unwanted(settings: Settings, turn: int) -> str:
    if not settings.simulate:
        return "REC_SIMULATE is false: live traffic alone"
    if settings.sessions_on(turn):
        return "the day was begun with live traffic alone, and ends so"
    shares = f"{settings.sessions} sessions (REC_SESSIONS) on {settings.days} days (REC_DAYS)"
    return f"{shares} leave none for this day"
