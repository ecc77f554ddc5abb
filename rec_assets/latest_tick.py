"""The latest tick of a schedule, as Dagster recorded it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import dagster as dg
from dagster._core.scheduler.instigation import InstigatorType, TickStatus
from dagster._utils.schedules import get_latest_completed_cron_tick

# A tick asks for its runs within seconds: who looks for what it left undone keeps away so long.
APART: Final = timedelta(minutes=1)


class Tick(NamedTuple):
    """When the schedule's latest tick was due, None without one that has ended; and why not."""

    due: datetime | None
    words: str


def latest_tick(
    instance: dg.DagsterInstance,
    schedule: dg.ScheduleDefinition,
    now: datetime,
    looked: float | None = None,
) -> Tick:
    """The latest tick that a running schedule made, once it has ended and the next is not near.

    A schedule that was stopped in the interface has none, nor has one that never ticked. `looked`
    is the time of the look before this one: what was due by then and is not made will not be made,
    because the schedule is another since. Until that is known it is waited for.
    """
    states = instance.all_instigator_state(instigator_type=InstigatorType.SCHEDULE)
    state = next((state for state in states if state.instigator_name == schedule.name), None)
    if state is not None and not state.is_running:
        return Tick(None, f"the schedule {schedule.name} is stopped")
    ticks = (
        instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1) if state else ()
    )
    if not ticks:
        return Tick(None, f"the schedule {schedule.name} has not ticked yet")
    (tick,) = ticks
    due = datetime.fromtimestamp(tick.timestamp, UTC)
    if due > now + APART:
        return Tick(None, f"the schedule {schedule.name} stands: {_ahead(due)}")
    awaited = _latest_due(schedule, now + APART)
    near = due > now - APART or (due < awaited and (looked or 0.0) < (awaited + APART).timestamp())
    if near or tick.status == TickStatus.STARTED:
        return Tick(None, f"the schedule {schedule.name} ticks about now and asks itself")
    return Tick(due, "")


def _ahead(due: datetime) -> str:
    return (
        f"its latest tick is of {due:%Y-%m-%d %H:%M} UTC, which is to come, so the clock was ahead "
        "and was set right since; start Dagster again (`recwheel up`; of the whole stack the "
        "container `daemon`), which takes it back"
    )


def _latest_due(schedule: dg.ScheduleDefinition, moment: datetime) -> datetime:
    return get_latest_completed_cron_tick(
        str(schedule.cron_schedule), moment, schedule.execution_timezone
    )
