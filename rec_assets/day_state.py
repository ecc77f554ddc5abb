"""What the store says of days: which of them late rows touch, and whether the eve stands."""

from __future__ import annotations

from collections.abc import Iterable

from rec_assets import manifests
from rec_assets.days import day_before
from resources.errors import Mendable
from resources.log_store import LogStore
from resources.records import COLLECTIONS


class DayMissing(Mendable, RuntimeError):
    """A day cannot be built because the one before it does not stand."""


def days_touched(store: LogStore, collections: Iterable[str], day: str) -> list[str]:
    """`day` and the earlier days with rows of these collections that arrived on it, ascending."""
    late = {
        row["day"]
        for collection in collections
        for batch in store.scan(collection, where={"arrived_on": day}, fields=("day",))
        for row in batch
    }
    return sorted({day, *(d for d in late if d < day)})


def days_redone(store: LogStore, day: str) -> list[str]:
    """The days whose examples were made anew with those of `day`, ascending; `day` comes last."""
    made = manifests.read(store, "training_examples", day) or {}
    redone: str | None = made.get("redone")
    return redone.split() if redone else days_touched(store, [COLLECTIONS["H"]], day)


def require_day_before(store: LogStore, asset: str, day: str, first_day: str) -> None:
    """DayMissing unless `asset` is complete for the day before, or `day` is the wheel's first.

    Without it ids of clusters would begin anew and users be shrunk to what is assumed of all.
    """
    before = day_before(day)
    if day > first_day and manifests.read(store, asset, before) is None:
        raise DayMissing(f"{asset} of {before} is missing: materialize {before} before {day}")
