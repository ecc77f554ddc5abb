"""Which days are complete, which are missing, and which of these can be built without the first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from rec_assets import manifests
from rec_assets.days import day_before
from resources.log_store import LogStore
from resources.records import MANIFESTS

# What a complete day consists of; its traffic stands before any of it, and is never made anew.
PARTS: Final = (
    "training_examples", "user_profiles", "cluster_profiles", "serving_profiles", "golden_export",
    "wheel_report",
)  # fmt: skip


def complete_days(store: LogStore) -> list[str]:
    """The days of which every part stands, ascending.

    One that stood is not among them while it is made anew, after that was cut short, and while a
    blocking check holds it back: no later day can be built on it.
    """
    return sorted(set.intersection(*(set(manifests.days(store, asset)) for asset in PARTS)))


def unfinished_days(store: LogStore) -> list[str]:
    """The days, ascending, that were begun and are not complete."""
    parts = ("simulated_traffic", *PARTS)
    rows = (row for batch in store.scan(MANIFESTS) for row in batch if row["asset"] in parts)
    return sorted({row["day"] for row in rows}.difference(complete_days(store)))


def missing_days(store: LogStore, first: date, last: date) -> list[str]:
    """The days from `first` to `last` that are not complete, ascending."""
    done = set(complete_days(store))
    wanted = (first + timedelta(days=turn) for turn in range((last - first).days + 1))
    return [day for day in map(date.isoformat, wanted) if day not in done]


def not_on_the_first(missing: Sequence[str]) -> list[str]:
    """Those of the missing days (ascending) that can be built without the first: between it and
    them lies a complete one, as when an earlier day was made anew and held back.
    """
    on_it = 1
    while on_it < len(missing) and day_before(missing[on_it]) == missing[on_it - 1]:
        on_it += 1
    return list(missing[on_it:])
