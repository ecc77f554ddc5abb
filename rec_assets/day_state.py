"""What the store says of days: which of them late rows touch, and whether the eve stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rec_assets import manifests
from rec_assets.days import day_before
from resources.errors import Mendable
from resources.log_store import LogStore
from resources.records import COLLECTIONS

SERVED: Final = "serving_profiles"  # of a day: its blocking checks passed, or were overruled


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
    if "late_days" not in made:  # a day of before they were noted: by its rows' arrival
        return days_touched(store, [COLLECTIONS["H"]], day)
    return [*made["late_days"], day]


def require_day_before(store: LogStore, day: str, first_day: str) -> None:
    """DayMissing unless the day before was built and served, or `day` is the wheel's first.

    Without its J ids of clusters would begin anew and users be shrunk to what is assumed of all;
    with a J that was never served this day would grow from what a check held back.
    """
    before = day_before(day)
    if day <= first_day:
        return
    if manifests.read(store, "cluster_profiles", before) is None:
        raise DayMissing(
            f"cluster_profiles of {before} is missing: materialize {before} before {day}"
        )
    if manifests.read(store, SERVED, before) is None:
        raise DayMissing(
            f"serving_profiles of {before} is missing: a blocking check held {before} back, or its "
            f"run did not end. Mend what the check says and materialize {before} before {day}, or "
            f"overrule it: materialize what is downstream of it for {before} alone"
        )


def hold_back(store: LogStore, day: str) -> None:
    """Note that a blocking check of the day fails: no later day is built on it.

    It goes on once serving_profiles of the day is materialized, checked again or overruled. A day
    that was never served needs no note.
    """
    if manifests.read(store, SERVED, day) is not None:
        manifests.begin(store, SERVED, day)
