"""Who runs a Dagster run in process, and what becomes of the runs of those who were killed.

A command holds a lock on a file of its own while it lives and writes the file's name on each of its
runs. Dagster itself cannot tell a run that goes on from one whose process is gone.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from os import close
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from resources.whole_files import hold, remove_unheld

if TYPE_CHECKING:
    from dagster import DagsterInstance, DagsterRun

FOLDER: Final = "owners"  # under REC_HOME
STARTED_SECONDS: Final = 2.0
TAG: Final = "recwheel/owner"
ENDED: Final = (
    "The process of this run ended in the middle of it: it was killed, or the machine went down. "
    "What it had stored stands; the same command goes on from there."
)
_present: list[str] = []  # the owner that this process is, innermost last


@contextmanager
def owning(home: Path) -> Iterator[None]:
    """Be an owner within this block: `tags` names it, and its lock says that it lives."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    name = uuid4().hex
    held = hold(folder / name)
    _present.append(name)
    try:
        yield
    finally:
        _present.remove(name)
        (folder / name).unlink(missing_ok=True)
        close(held)


def tags() -> dict[str, str]:
    """The tag that says whose a run is; none outside of `owning`."""
    return {TAG: _present[-1]} if _present else {}


def settle(instance: DagsterInstance, home: Path, *, unowned: bool = False) -> list[str]:
    """Mark the unfinished runs of owners that are gone as failed; their ids.

    A run of an owner that lives stays as it is. `unowned`: so are runs that Dagster's daemon
    launched, which name no owner; for a caller who knows that no daemon of this REC_HOME runs. What
    only waits in the queue is nobody's yet: the next daemon takes it up.
    """
    from dagster import DagsterRunStatus, RunsFilter

    finished = (DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED)
    waiting = (*finished, DagsterRunStatus.QUEUED)
    unfinished = [status for status in DagsterRunStatus if status not in waiting]
    runs = instance.get_runs(filters=RunsFilter(statuses=unfinished))
    ended = [r.run_id for r in runs if (_gone(home, r.tags[TAG]) if TAG in r.tags else unowned)]
    failed = [run_id for run_id in ended if _fail(instance, run_id)]
    for file in sorted((home / FOLDER).glob("*")):
        remove_unheld(file)
    return failed


def cancel(instance: DagsterInstance, run_id: str, reason: str) -> None:
    """Mark a run of this process as canceled, unless it has ended already.

    The thread that makes it goes on meanwhile. Until that has noted that the run started it would
    note so over the mark, and the run of a process that is gone would stand as one that goes on.
    """
    deadline = time.monotonic() + STARTED_SECONDS
    run = instance.get_run_by_id(run_id)
    while not _has_started(run) and time.monotonic() < deadline:
        time.sleep(0.02)
        run = instance.get_run_by_id(run_id)
    if run is not None and not run.is_finished:
        instance.report_run_canceled(run, message=reason)


def _has_started(run: DagsterRun | None) -> bool:
    from dagster import DagsterRunStatus

    before = (DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTING)
    return run is not None and run.status not in before


def _fail(instance: DagsterInstance, run_id: str) -> bool:
    """Mark the run as failed unless it has ended; whether it was marked.

    It may have ended between the look at it and the look at its owner, who was gone by then.
    """
    run = instance.get_run_by_id(run_id)
    if run is None or run.is_finished:
        return False
    instance.report_run_failed(run, message=ENDED)
    return True


def _gone(home: Path, owner: str) -> bool:
    return remove_unheld(home / FOLDER / owner)
