"""Which missed days a tick of the schedule asks for: a decision apart from Dagster."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from resources.log_store import LogStore
from resources.records import COLLECTIONS, DRAWN_FROM, PERSONAS
from resources.settings import Settings

JOB: Final = "wheel"
FAILURES_A_DAY: Final = 3  # runs of a day that may fail within 24 hours before a person must look
ALONE_AFTER: Final = 2  # of those: the days behind it would fail with it, and be given up too


class Ask(NamedTuple):
    """The days to ask for, ascending; and the sentence that says why these, or why none.

    `given_up`: the first missing day is not asked for until a person looked, nor those on it.
    """

    days: list[str]
    words: str
    given_up: bool = False


def which_days(
    missing: Sequence[str], asked: Collection[str], failed: Sequence[str], most: int
) -> Ask:
    """Of the missing days (ascending, at least one) those to ask for now.

    `asked`: days with a run that is queued or goes on. `failed`: the ids of the first missing
    day's runs that failed lately, newest first. Without a day no later one can be built: one
    that failed twice is asked for alone, and while one before those asked for is missing (it
    failed, or a person began later) all wait until the queue is empty, to come in order.
    """
    alone = len(failed) >= ALONE_AFTER
    first, waiting = missing[0], sum(day in asked for day in missing)
    if first not in asked and len(failed) >= FAILURES_A_DAY:
        return Ask(
            [],
            f"{first} failed {len(failed)} times within 24 hours, last in run {failed[0]}: mend "
            f"what it says, then materialize the job {JOB} for {first}",
            given_up=True,
        )
    last = max(asked, default="")
    gaps = [day for day in missing if day < last and day not in asked]
    if gaps:
        later = sum(day > gaps[0] for day in asked)
        told = "1 later day has" if later == 1 else f"{later} later days have"
        return Ask([], f"{gaps[0]} waits until {told} ended")
    open_days = [day for day in missing if day > last]
    days = open_days[: max((1 if alone else most) - waiting, 0)]
    if not days:
        return Ask([], f"{waiting} of {len(missing)} missing days are queued or run already")
    words = f"{len(missing)} days are missing, from {first} to {missing[-1]}"
    if alone:
        words += f"; {first} failed {len(failed)} times, last in run {failed[0]}: it goes alone"
    elif len(days) < len(missing):
        words += f"; {days[0]} to {days[-1]} are asked for (REC_CATCH_UP_DAYS is {most})"
    return Ask(days, words)


def nothing_to_turn(store: LogStore, settings: Settings) -> str:
    """Why no day can be turned although some are missing; empty when one can."""
    if not settings.simulate:
        live = store.count(COLLECTIONS["A"])
        return "" if live else "REC_SIMULATE is false and no live session was ever stored"
    if store.count(DRAWN_FROM) or store.count(PERSONAS):
        return ""
    return (
        "there are no personas to draw bots from: load a raw export (`recwheel load`, or the "
        "inbox), or set REC_SIMULATE=false for live traffic alone"
    )
