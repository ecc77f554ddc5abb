"""Days of which a sink holds other rows than the log store: some were deleted, or never arrived."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from rec_assets import manifests
from resources.log_store import LogStore
from resources.records import Row

EXAMPLES, EXPORT = "training_examples", "golden_export"
DAYS_A_RUN: Final = 31  # written again by one run beside its own; the oldest first

Counts = Mapping[str, int]  # rows by day


class Behind(NamedTuple):
    """Days whose numbers differ, ascending: those that this run takes, those left to the next."""

    now: list[str]
    later: list[str]


def days_behind(
    store: LogStore, numbers: Sequence[tuple[Counts, Counts]], besides: Collection[str]
) -> Behind:
    """The days that differ in any of these numbers of rows (the log store's, the sink's).

    Without the days `besides`, which the run writes anyhow; without those that wait for their own
    run: a check stopped them, or their rows are still coming in. Numbers are cheap and tell of
    every deletion, unless as many rows came to the day; those that come late have their own way.
    """
    differing = {
        day
        for held, standing in numbers
        for day in held.keys() | standing.keys()
        if held.get(day, 0) != standing.get(day, 0)
    }.difference(besides)
    if not differing:  # as a rule: so no manifest of all the past is read
        return Behind([], [])
    alive = {day for held, _ in numbers for day in held if held[day]}
    alive.update(manifests.of_asset(store, EXAMPLES))
    through = days_let_through(store)
    followed = sorted(day for day in differing if day in through or day not in alive)
    return Behind(followed[:DAYS_A_RUN], followed[DAYS_A_RUN:])


def examples_made(store: LogStore, day: str) -> int | None:
    """How many rows H's last materialization of the day wrote; what `golden_export` notes of it."""
    made = manifests.read(store, EXAMPLES, day)
    return made.get("rows") if made else None


def days_let_through(store: LogStore) -> set[str]:
    """The days that were exported as they were made last.

    Those that were made anew with a day which has not been exported since wait with it.
    """
    made, exported = _complete(store, EXAMPLES), _complete(store, EXPORT)
    stopped = set[str]()
    for day, row in made.items():
        export = exported.get(day)
        if export is None or export.get("examples", row.get("rows")) != row.get("rows"):
            stopped.update((day, *row.get("late_days", ())))
    return made.keys() - stopped


def _complete(store: LogStore, asset: str) -> dict[str, Row]:
    return {day: row for day, row in manifests.of_asset(store, asset).items() if row["complete"]}
