"""When the wheel turns by itself."""

from datetime import UTC, datetime, timedelta

import dagster as dg

from rec_assets import run_owners
from rec_assets.catch_up import FAILURES_A_DAY, Ask, nothing_to_turn, which_days
from rec_assets.day_state import missing_days
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
    tick = latest_tick(context.instance, daily_turn, now)
    return _request(context, tick.due, now) if tick.due else dg.SkipReason(tick.words)


def _request(
    context: dg.ScheduleEvaluationContext | dg.SensorEvaluationContext,
    due: datetime,
    now: datetime,
) -> list[dg.RunRequest] | dg.SkipReason:
    """The runs to ask for `now` of the days that were over when a tick was due; or why none."""
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
    run_owners.settle(instance, Settings().home)  # a killed command's day would wait for ever
    runs = instance.get_runs(dg.RunsFilter(job_name=wheel.name, statuses=UNFINISHED))
    if any(run_owners.TAG in run.tags for run in runs):
        return Ask([], "a command of recwheel turns the wheel now: the next tick looks again")
    failed = instance.get_runs(
        dg.RunsFilter(
            job_name=wheel.name,
            statuses=ENDED_BADLY,
            tags={DAY: missing[0]},
            created_after=now - timedelta(days=1),
        ),
        limit=FAILURES_A_DAY,
    )
    asked = {run.tags[DAY] for run in runs if DAY in run.tags}
    return which_days(missing, asked, [r.run_id for r in failed], Settings().catch_up_days)
