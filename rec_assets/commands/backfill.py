"""`recwheel backfill`: the days of a range that are not complete, in order, in this process."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from rich.console import Console

from rec_assets.catch_up import nothing_to_turn
from rec_assets.commands import home
from rec_assets.commands.actions import OTHER_ENDS_SECONDS, CommandFailed, ensure_prototypes
from rec_assets.commands.locks import only_one
from rec_assets.commands.opened import dagster_instance, opened, say_store
from rec_assets.commands.standing import standing
from rec_assets.commands.stopping import telling
from rec_assets.complete_days import missing_days
from rec_assets.days import day_before
from resources.log_store import LogStore
from resources.settings import WHEEL_FILE, Settings


def backfill_days(console: Console, first: date | None, last: date | None) -> dict[str, Any]:
    """Turn what is missing from `first` to `last`; which days that were (`turned`).

    None is the wheel's first day, and the latest that is complete in UTC.
    Where nothing was begun and REC_START is not set, the wheel begins on `first`. CommandFailed,
    before anything runs or is settled, when the range is none or the days before it do not stand.
    """
    now = datetime.now(UTC)
    first = first or Settings().first_day(now)
    last = last or now.date() - timedelta(days=1)
    if last < first:
        raise CommandFailed(f"--to {last} is before --from {first}: name the earlier day first")
    asked = _begin_with(first)
    settings = home.agreed(asked)
    busy = f"another command turns the wheel in {settings.home}: wait until it has ended"
    with (
        only_one(settings.home / "run.lock", busy, OTHER_ENDS_SECONDS),
        opened(settings) as store,
        telling(partial(standing, store, settings)),
    ):
        say_store(console, settings)
        missing = _missing(store, settings, first, last)
        if missing:
            _turn_all(console, home.settle(asked), store, missing)
        else:
            console.print(f"every day from {first} to {last} is complete: nothing to do")
    return {"from": first.isoformat(), "to": last.isoformat(), "turned": missing}


def _begin_with(first: date) -> dict[str, Any]:
    now = Settings()
    begun = now.start is not None or (now.home / WHEEL_FILE).exists()
    return {} if begun else {"start": first}


def _missing(store: LogStore, settings: Settings, first: date, last: date) -> list[str]:
    begin = settings.first_day(datetime.now(UTC))
    if first < begin:
        raise CommandFailed(f"the wheel begins on {begin}: --from {first} is before it")
    missing = missing_days(store, first, last)
    before = missing_days(store, begin, date.fromisoformat(day_before(first.isoformat())))
    if missing and before:
        raise CommandFailed(
            f"{before[0]} is not complete, and each day rests on the one before: begin with "
            f"--from {before[0]}"
        )
    if missing and (reason := nothing_to_turn(store, settings)):
        raise CommandFailed(reason)
    return missing


def _turn_all(console: Console, settings: Settings, store: LogStore, days: list[str]) -> None:
    with dagster_instance(settings) as instance:
        from rec_assets.commands.serving_again import serve_again
        from rec_assets.commands.turn_shown import turn_shown

        ensure_prototypes(console, instance, settings, store)
        serve_again(instance, settings, store)
        for number, day in enumerate(days, start=1):
            turn_shown(console, instance, day, f" ({number} of {len(days)})")
