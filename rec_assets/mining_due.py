"""Whether personas have to be mined again: what Dagster's records say of loads and minings."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final, NamedTuple

import dagster as dg

ATTEMPTS: Final = 3  # minings of what one load brought before a person must look
PAUSE: Final = 300.0  # seconds after one that failed
JOB: Final = "mine"
RUN_KEY: Final = "dagster/run_key"  # Dagster's tag
LOADED, MINED, PUBLISHED = map(dg.AssetKey, ("raw_corporate_data", "mined_personas", "personas"))


class Due(NamedTuple):
    """The key of the mining to ask for, empty for none; and the sentence that says why."""

    run_key: str
    words: str


def mining_due(instance: dg.DagsterInstance) -> Due:
    """Whether the latest load was mined to its end, and if not, what to ask for now.

    A mining that a check held back has ended. One that was asked for and waits, or goes on for
    however long, has not failed: nothing is asked for beside it.
    """
    loaded = _latest(instance, LOADED)
    if loaded is None:
        return Due("", "no raw data was ever loaded")
    keys = [loaded.run_id, *(f"{loaded.run_id}:{n}" for n in range(2, ATTEMPTS + 1))]
    if _mined(instance, loaded, keys):
        return Due("", "no raw data came since the last mining")
    filters = dg.RunsFilter(job_name=JOB, tags={RUN_KEY: keys})
    asked = instance.get_run_records(filters=filters)  # the latest first
    open_ = [record.dagster_run for record in asked if not record.dagster_run.is_finished]
    if open_:
        return Due("", f"mining was asked for and has not ended yet: run {open_[0].run_id}")
    taken = {record.dagster_run.tags[RUN_KEY] for record in asked}
    free = [key for key in keys if key not in taken]
    if not asked:
        return Due(keys[0], f"{loaded.partition_key} came since the last mining")
    told = (
        f"mining failed {len(taken)} of {ATTEMPTS} times, last in run {asked[0].dagster_run.run_id}"
    )
    if not free:
        return Due("", f"{told}: mend what it says, then materialize the job {JOB}")
    ended = asked[0].end_time or 0.0
    if 0 <= time.time() - ended < PAUSE:
        return Due("", f"{told}: it is asked for again {PAUSE:.0f} seconds after that")
    return Due(free[0], f"{told}: asked for again")


def _mined(instance: dg.DagsterInstance, loaded: dg.EventLogRecord, keys: Sequence[str]) -> bool:
    """Whether a mining that began after the load has ended, published or held back."""
    mined = _latest(instance, MINED)
    if mined is None or mined.storage_id < loaded.storage_id:
        return False
    record = instance.get_run_record_by_id(mined.run_id)
    if record is None:  # removed by a person: its events went with it, or soon will
        return True
    run = record.dagster_run
    # One that goes on while a file is loaded has not read all of it. Those asked for since are
    # known by their key: a clock that was set back makes nobody mine for ever.
    if run.tags.get(RUN_KEY) not in keys and (record.start_time or 0.0) < loaded.timestamp:
        return False
    published = _latest(instance, PUBLISHED)
    if run.status == dg.DagsterRunStatus.SUCCESS:  # or a person who mined and did not publish
        return True
    return (published is not None and published.storage_id > mined.storage_id) or _held_back(
        instance, mined.run_id
    )


def _held_back(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Whether a check of the mined personas failed in the run."""
    events = instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    found = (event.get_dagster_event().asset_check_evaluation_data for event in events)
    return any(check.asset_key == MINED and not check.passed for check in found)


def _latest(instance: dg.DagsterInstance, key: dg.AssetKey) -> dg.EventLogRecord | None:
    return next(iter(instance.fetch_materializations(key, limit=1).records), None)
