"""When the wheel turns by itself."""

from datetime import UTC, datetime, timedelta

import dagster as dg

from rec_assets import run_owners
from rec_assets.catch_up import (
    FAILURES_A_DAY,
    Ask,
    nothing_to_turn,
    which_days,
)
from rec_assets.complete_days import PARTS, missing_days, not_on_the_first
from rec_assets.jobs import wheel
from rec_assets.latest_tick import latest_tick
from resources.errors import Mendable
from resources.log_store import open_log_store
from resources.settings import Settings

UNFINISHED = [
    status
    for status in dg.DagsterRunStatus
    if status
    not in (
        dg.DagsterRunStatus.SUCCESS,
        dg.DagsterRunStatus.FAILURE,
        dg.DagsterRunStatus.CANCELED,
    )
]
ENDED_BADLY = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
DAY = "dagster/partition"  # Dagster's tag
LOOKS_AGAIN = 600  # seconds between two looks for days that a tick of the schedule left incomplete
settings = Settings()


@dg.schedule(
    job=wheel,
    cron_schedule=settings.schedule,
    execution_timezone=settings.schedule_zone,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def daily_turn(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest] | dg.SkipReason:
    """Asks for the UTC days that are over and not complete yet, in order, a few at a tick.

    A day that is queued or runs already is not asked for twice. One that failed is asked for again,
    until three of its runs within 24 hours have failed.
    """
    due = context.scheduled_execution_time.astimezone(UTC)
    return _request(context, due, due)


@dg.sensor(
    job=wheel,
    minimum_interval_seconds=LOOKS_AGAIN,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def missed_days(context: dg.SensorEvaluationContext) -> list[dg.RunRequest] | dg.SkipReason:
    """Asks, between two ticks of the schedule, for the days that the latest one left incomplete.

    A store that was away at the tick, or a run that failed, costs minutes and not a day. Nothing is
    asked for while the schedule is stopped, nor a day that no tick of it was due for.
    """
    now = datetime.now(UTC)
    tick = latest_tick(context.instance, daily_turn, now, context.last_tick_completion_time)
    return _request(context, tick.due, now) if tick.due else dg.SkipReason(tick.words)


def _request(
    context: dg.ScheduleEvaluationContext | dg.SensorEvaluationContext,
    due: datetime,
    now: datetime,
) -> list[dg.RunRequest] | dg.SkipReason:
    """The runs to ask for `now` of the days that were over when a tick was due; or why none.

    A command that was killed holds the chain no longer: its day would wait for ever.
    """
    run_owners.settle(context.instance, Settings().home)
    try:
        missing, reason = _missing(due)
    except Mendable as error:
        return dg.SkipReason(f"{error}; the next tick tries again")
    if reason:
        return dg.SkipReason(reason)
    ask = _ask(context.instance, missing, now)
    if not ask.days:
        return dg.SkipReason(ask.words)
    context.log.info(ask.words)
    tags = {"recwheel/missing_days": str(len(missing))}
    # A run key is remembered for ever: with the moment in it, a day that failed can be asked again.
    return [
        dg.RunRequest(run_key=f"{day}@{now.isoformat()}", partition_key=day, tags=tags)
        for day in ask.days
    ]


def _missing(due: datetime) -> tuple[list[str], str]:
    """The days that are over and not complete; or why there are none to turn."""
    now = Settings()
    now.home.mkdir(parents=True, exist_ok=True)
    first, last = now.first_day(due), due.date() - timedelta(days=1)
    if last < first:
        return [], f"the wheel begins on {first}, which is not over yet"
    store = open_log_store(now.store_url)
    try:
        missing = missing_days(store, first, last)
        if not missing:
            return [], f"every day from {first} to {last} is complete"
        return missing, nothing_to_turn(store, now)
    finally:
        store.close()


def _ask(instance: dg.DagsterInstance, missing: list[str], now: datetime) -> Ask:
    runs = instance.get_runs(dg.RunsFilter(statuses=UNFINISHED))
    runs = [run for run in runs if run.job_name == wheel.name or _clicked(run)]
    if any(run_owners.TAG in run.tags for run in runs):
        return Ask([], "a command of recwheel turns the wheel now: the next tick looks again")
    asked = {run.tags[DAY] for run in runs if DAY in run.tags}
    told, most = list[str](), Settings().catch_up_days
    while True:
        ask = which_days(missing, asked, _failed(instance, missing[0], now), most)
        told.append(ask.words)
        others = not_on_the_first(missing) if ask.given_up else []
        if not others:
            return Ask(ask.days, "; ".join(told))
        missing = others


def _clicked(run: dg.DagsterRun) -> bool:
    """Whether a person materializes daily assets by themselves: the day is not complete meanwhile,
    and needs no run of the schedule for that.
    """
    return any(key.to_user_string() in PARTS for key in run.asset_selection or ())


def _failed(instance: dg.DagsterInstance, day: str, now: datetime) -> list[str]:
    """The ids of the day's runs that failed lately, newest first."""
    filters = dg.RunsFilter(
        job_name=wheel.name,
        statuses=ENDED_BADLY,
        tags={DAY: day},
        created_after=now - timedelta(days=1),
    )
    return [run.run_id for run in instance.get_runs(filters, limit=FAILURES_A_DAY)]
