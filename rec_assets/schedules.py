"""When the wheel turns by itself."""

from datetime import UTC, timedelta

import dagster as dg

from rec_assets.jobs import wheel


# Ten past two: the UTC day is over, late rows of its last minutes have come.
@dg.schedule(
    job=wheel,
    cron_schedule="10 2 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def daily_turn(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Asks for the UTC day that was over when the schedule was due."""
    due = context.scheduled_execution_time.astimezone(UTC)
    day = (due.date() - timedelta(days=1)).isoformat()
    return dg.RunRequest(run_key=day, partition_key=day)
