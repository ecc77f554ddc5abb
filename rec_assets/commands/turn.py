"""The wheel turned from the command line: every step a Dagster run that its interface shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import dagster as dg

from rec_assets import run_owners, sensors
from rec_assets.commands.apart import apart
from rec_assets.commands.locks import UP, AtWork, is_held
from rec_assets.commands.stopping import Stopped
from rec_assets.definitions import defs
from rec_assets.partitions import raw_files
from rec_assets.raw.inbox import run_key_of
from rec_assets.raw.inbox_names import name_of
from resources.errors import Mendable
from resources.settings import Settings

BESIDE: Final = "golden_index"  # a second sink: without it a day is still whole
WHEEL: Final = "wheel"
GOES_ON: Final = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
QUIET: Final = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class RunFailed(Mendable, RuntimeError):
    """A Dagster run failed; the message names the step and its reason."""


def load(instance: dg.DagsterInstance, path: Path) -> dict[str, Any]:
    """Load a file of the inbox; what the asset reported of it, and the run as `run_id`."""
    name = name_of(path)
    instance.add_dynamic_partitions(str(raw_files.name), [name])
    tags = _as_if_asked_by(sensors.inbox.name, run_key_of(path))
    result = _run(instance, "load", partition=name, tags=tags)
    return {**_reported(result, "raw_corporate_data"), "run_id": result.run_id}


def mine(instance: dg.DagsterInstance, after: str = "") -> dict[str, Any]:
    """Mine the personas and make the category vectors; what the asset reported of the former.

    `after` is the run that loaded last: its sensor need not ask again.
    """
    tags = _as_if_asked_by(sensors.mine_after_load.name, after) if after else {}
    return _reported(_run(instance, "mine", tags=tags), "personas")


def make_prototypes(instance: dg.DagsterInstance) -> None:
    """Make the category vectors alone."""
    _run(instance, "mine", only=("category_prototypes",))


def turn(instance: dg.DagsterInstance, day: str) -> str:
    """One day of the wheel; why Elasticsearch lacks it, if it does."""
    return _beside(_run(instance, WHEEL, partition=day))


def index(instance: dg.DagsterInstance, day: str) -> str:
    """Send the day to Elasticsearch, and earlier ones that never arrived whole; why not, if not."""
    return _beside(_run(instance, WHEEL, partition=day, only=(BESIDE,)))


def serve(instance: dg.DagsterInstance, day: str) -> None:
    """Publish a day's profiles again, from the log store."""
    _run(instance, WHEEL, partition=day, only=("serving_profiles",))


def _as_if_asked_by(sensor: str, key: str) -> dict[str, str]:
    """Tags by which the daemon knows that what the sensor would ask for has run already."""
    return {"dagster/sensor_name": sensor, "dagster/run_key": key}


def _run(
    instance: dg.DagsterInstance,
    job: str,
    *,
    partition: str | None = None,
    only: Sequence[str] = (),
    tags: Mapping[str, str] | None = None,
) -> dg.ExecuteInProcessResult:
    run_id, where = str(uuid4()), f"{job} of {partition}" if partition else job
    if job == WHEEL:
        _refuse_beside_the_daemon(instance, Settings().home)
    execute = partial(
        defs.resolve_job_def(job).execute_in_process,
        instance=instance,
        partition_key=partition,
        run_config=QUIET,
        raise_on_error=False,
        asset_selection=[dg.AssetKey(name) for name in only] or None,
        tags={**(tags or {}), **run_owners.tags()},
        run_id=run_id,
    )
    try:
        result = apart(execute)
    except Stopped as stopped:
        run_owners.cancel(instance, run_id, f"{where}: {stopped.sentence}")
        raise
    if not result.success and _failed(result) != {BESIDE}:
        raise RunFailed(f"{where}, {why_failed(result)} (run {result.run_id})")
    return result


def _refuse_beside_the_daemon(instance: dg.DagsterInstance, home: Path) -> None:
    """AtWork while the daemon turns the wheel: a run in here holds the days' pool, which Dagster's
    queue heeds, but is not in that queue itself.

    Where neither `recwheel up` nor the stack's daemon (docker/daemon.py) holds the lock, what
    stands as unfinished was killed together with it.
    """
    if not is_held(home / UP):
        return
    runs = instance.get_runs(dg.RunsFilter(job_name=WHEEL, statuses=GOES_ON))
    of_daemon = [run for run in runs if run_owners.TAG not in run.tags]
    if of_daemon:
        day = of_daemon[0].tags.get("dagster/partition", "a day")
        raise AtWork(
            f"Dagster's daemon turns the wheel for {day} (run {of_daemon[0].run_id}): wait until "
            f"it has ended or terminate it in the interface, then type the command again"
        )


def _failed(result: dg.ExecuteInProcessResult) -> set[str]:
    return {
        event.step_key for event in result.all_events if event.is_step_failure and event.step_key
    }


def _beside(result: dg.ExecuteInProcessResult) -> str:
    return "" if result.success else why_failed(result)


def why_failed(result: dg.ExecuteInProcessResult) -> str:
    """The blocking checks that did not pass, else the step that failed and its reason."""
    failed = [
        e
        for e in result.get_asset_check_evaluations()
        if not e.passed and e.blocking and e.severity == dg.AssetCheckSeverity.ERROR
    ]
    if failed:
        return "; ".join(f"{e.check_name}: {e.description}" for e in failed)
    for event in result.all_events:
        if event.is_failure and event.is_step_event:
            error = event.step_failure_data.error
            cause = error.cause if error is not None and error.cause is not None else error
            words = _description(event) or (cause.message if cause is not None else "no reason")
            return f"{event.step_key}: {words.strip()}"
    return "failed before its first step: see the run in the interface"


def _description(event: dg.DagsterEvent) -> str | None:
    data = event.step_failure_data.user_failure_data
    return data.description if data is not None else None


def _reported(result: dg.ExecuteInProcessResult, asset: str) -> dict[str, Any]:
    events: Sequence[Any] = result.asset_materializations_for_node(asset)
    metadata: Mapping[str, Any] = events[0].metadata if events else {}
    return {
        name: value.value
        for name, value in metadata.items()
        if not isinstance(value, dg.TableSchemaMetadataValue)
    }
