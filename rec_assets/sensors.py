"""What starts when a raw export arrives."""

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg

from rec_assets import run_owners
from rec_assets.jobs import load, mine
from rec_assets.mining_due import mining_due
from rec_assets.partitions import raw_files
from rec_assets.personas.assets import mined_personas, personas
from rec_assets.raw import raw_files as standing
from rec_assets.raw.assets import raw_corporate_data
from rec_assets.raw.inbox import Visit, list_inbox, read_cursor, visit, write_cursor
from rec_assets.raw.raw_files import RawFile
from resources.errors import Away
from resources.log_store import LogStore
from resources.settings import Settings

SECONDS = Settings().inbox_seconds
PARTITION = "dagster/partition"
# A run whose process was killed may stand as started for hours: nothing waits for it that long.
LONGEST = 3_600.0
BEGINS = 300.0  # seconds in which a mining that was asked for has its run
NAMED = 10  # files that a tick's words name
ENDED = {
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
}
UNDER_WAY = [status for status in dg.DagsterRunStatus if status not in ENDED]


@dg.sensor(
    job=load, minimum_interval_seconds=SECONDS, default_status=dg.DefaultSensorStatus.RUNNING
)
def inbox(
    context: dg.SensorEvaluationContext, log_store: dg.ResourceParam[LogStore]
) -> dg.SensorResult | dg.SkipReason:
    """Asks for a load of every file that is new or changed and no longer being written.

    A file counts as written when its size and times are those of the tick before. One that was
    removed is reported as an observation of raw_corporate_data; what it brought stays. While the
    store is away nothing is remembered, so that the next tick sees what this one would have.
    """
    folder = Settings().inbox
    if not folder.is_dir():
        return dg.SkipReason(f"there is no folder {folder}: make it, or set REC_HOME")
    _settle(context.instance)
    try:
        return _arrivals(context, folder, log_store)
    except Away as error:
        return dg.SkipReason(f"{error}; the next tick looks again")


def _arrivals(
    context: dg.SensorEvaluationContext, folder: Path, log_store: LogStore
) -> dg.SensorResult:
    found = visit(
        list_inbox(folder),
        read_cursor(context.cursor),
        lambda name: _content(log_store, name),
        [run.tags.get(PARTITION, "") for run in _under_way(context.instance, raw_corporate_data)],
        emptied=standing.emptied(log_store),
    )
    removed = list(_removed(found, log_store))
    told = _told(found, removed)
    if found.ready and told:
        context.log.info(told)
    names = [file.name for file in found.ready]
    return dg.SensorResult(
        run_requests=[
            dg.RunRequest(run_key=file.run_key, partition_key=file.name) for file in found.ready
        ],
        dynamic_partitions_requests=[raw_files.build_add_request(names)] if names else [],
        skip_reason=None if names else (told or f"nothing new in {folder}"),
        asset_events=[_observed(file) for file in removed],
        cursor=write_cursor(found.seen),
    )


@dg.sensor(
    job=mine, minimum_interval_seconds=2 * SECONDS, default_status=dg.DefaultSensorStatus.RUNNING
)
def mine_after_load(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Mines the personas again once raw data came and no load is under way any more.

    A mining that failed is asked for again, until three have failed since that load.
    """
    _settle(context.instance)
    if loads := _under_way(context.instance, raw_corporate_data):
        return dg.SkipReason(f"loads under way: {len(loads)}; mining waits for the last")
    if _under_way(context.instance, mined_personas):
        return dg.SkipReason("mining is under way: what came meanwhile is mined after it")
    due = mining_due(context.instance)
    if not due.run_key:
        return dg.SkipReason(due.words)
    now = time.time()
    if _just_asked(context.cursor, due.run_key, now):
        return dg.SkipReason("mining was asked for and is about to begin")
    context.update_cursor(json.dumps({"asked": due.run_key, "at": now}))
    context.log.info(due.words)
    return dg.RunRequest(run_key=due.run_key)


def _just_asked(cursor: str | None, key: str, now: float) -> bool:
    """Whether a tick of the last minutes asked for it; what was asked before that was removed."""
    try:
        kept = json.loads(cursor or "{}")
        return bool(kept["asked"] == key and 0 <= now - kept["at"] < BEGINS)
    except (ValueError, TypeError, LookupError):  # none, or a key alone: written before this
        return False


def _settle(instance: dg.DagsterInstance) -> None:
    """A command that was killed holds the pool of loads and minings no longer."""
    run_owners.settle(instance, Settings().home)


def _content(store: LogStore, name: str) -> str | None:
    file = standing.read(store, name)
    return file.content_hash if file is not None and file.complete else None


def _told(found: Visit, removed: Sequence[RawFile]) -> str:
    """The files that wait, with the reason, and those that are gone, in one line."""
    words = [f"{name} {why}" for name, why in found.waiting.items()]
    words += [f"{file.name} was removed, its rows stay" for file in removed]
    more = [f"and {len(words) - NAMED} more"] if len(words) > NAMED else []
    return "; ".join([*words[:NAMED], *more])


def _removed(found: Visit, store: LogStore) -> Iterator[RawFile]:
    """The files that brought rows and are not there any more."""
    for name in found.removed:
        file = standing.read(store, name)
        if file is not None and (file := standing.counted(store, file)).brought:
            yield file


def _observed(file: RawFile) -> dg.AssetObservation:
    """A word on a file that was removed."""
    return dg.AssetObservation(
        asset_key=raw_corporate_data.key,
        partition=file.name,
        description=f"{file.name} was removed from the inbox; its rows stay.",
        metadata={"file": file.name, "content_hash": file.content_hash, "rows": file.rows},
    )


def _under_way(instance: dg.DagsterInstance, asset: dg.AssetsDefinition) -> list[dg.DagsterRun]:
    """The runs that materialize the asset and have not ended."""
    records = instance.get_run_records(filters=dg.RunsFilter(statuses=UNDER_WAY))
    now = time.time()
    return [
        record.dagster_run
        for record in records
        if now - (record.start_time or record.create_timestamp.timestamp()) < LONGEST
        and asset.key in (record.dagster_run.asset_selection or _of_job(record.dagster_run))
    ]


def _of_job(run: dg.DagsterRun) -> set[dg.AssetKey]:
    """The assets of a job that was started whole."""
    whole = {load.name: {raw_corporate_data.key}, mine.name: {mined_personas.key, personas.key}}
    return whole.get(run.job_name, set())
