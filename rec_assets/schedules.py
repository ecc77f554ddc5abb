"""When the wheel turns by itself."""

from __future__ import annotations

import dagster as dg

from rec_assets.jobs import wheel

# Ten past two: the UTC day is over, late rows of its last minutes have come.
daily_turn = dg.build_schedule_from_partitioned_job(
    wheel,
    name="daily_turn",
    hour_of_day=2,
    minute_of_hour=10,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
