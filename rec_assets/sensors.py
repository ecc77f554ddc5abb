"""What starts when a raw export arrives."""

import json

import dagster as dg

from rec_assets.jobs import load, mine
from rec_assets.partitions import raw_files
from rec_assets.raw.assets import raw_corporate_data
from rec_assets.raw.inbox import Seen, arrivals, list_inbox, run_key
from resources.settings import Settings

FILES_A_TICK = 20


@dg.sensor(
    job=load,
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for a load of every file that is new or changed and no longer being written.

    A file counts as written when its size and time are those of the tick before.
    """
    folder = Settings().inbox
    before: Seen = json.loads(context.cursor) if context.cursor else {}
    ready, seen = arrivals(list_inbox(folder), before, FILES_A_TICK)
    if not ready:
        return dg.SensorResult(
            skip_reason=f"nothing new in {folder}", cursor=json.dumps(seen, sort_keys=True)
        )
    return dg.SensorResult(
        run_requests=[
            dg.RunRequest(run_key=run_key(*file), partition_key=file.name) for file in ready
        ],
        dynamic_partitions_requests=[raw_files.build_add_request([file.name for file in ready])],
        cursor=json.dumps(seen, sort_keys=True),
    )


@dg.asset_sensor(
    asset_key=raw_corporate_data.key,
    job=mine,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def mine_after_load(context: dg.SensorEvaluationContext, event: dg.EventLogEntry) -> dg.RunRequest:
    """Mines the personas again once raw data came."""
    return dg.RunRequest(run_key=event.run_id)
