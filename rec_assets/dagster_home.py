"""Dagster's own storage under REC_HOME, whole from the first start on."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stderr
from os import close
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from resources.settings import REPOSITORY
from resources.whole_files import hold, write_whole

if TYPE_CHECKING:
    from dagster import DagsterInstance

MADE: Final = "storage.made"  # written once Dagster has laid out its databases
NOT_STORED: Final = "Exception while writing logger call to event log"
CONFIG: Final = "dagster.yaml"
# Steps print nothing; to capture it would take two more processes for each of them.
NO_CAPTURE: Final = {
    "compute_logs": {
        "module": "dagster._core.storage.noop_compute_log_manager",
        "class": "NoOpComputeLogManager",
        "config": {},
    }
}


def folder_of(home: Path) -> Path:
    """DAGSTER_HOME."""
    return home / "dagster"


def configure(home: Path) -> Path:
    """Put the repository's settings into DAGSTER_HOME; the folder."""
    folder = folder_of(home)
    folder.mkdir(exist_ok=True)
    write_whole(folder / CONFIG, (REPOSITORY / CONFIG).read_bytes())
    return folder


@contextmanager
def instance(home: Path) -> Iterator[DagsterInstance]:
    """Dagster's instance on this storage, for runs in process."""
    import dagster as dg

    folder = folder_of(home)
    made = folder / MADE
    held = hold(folder / "storage.lock")
    try:
        if not made.exists() and not _holds_runs(folder):
            # Cut short, Dagster's databases are stamped as an old version's for ever.
            for half in ("history", "schedules"):
                shutil.rmtree(folder / half, ignore_errors=True)
        opened = dg.DagsterInstance.local_temp(str(folder), overrides=NO_CAPTURE)
        made.touch()
    finally:
        close(held)
    with opened, redirect_stderr(_WithoutPayloads(sys.stderr)):
        yield opened


class _WithoutPayloads:
    """Standard error without Dagster's word on an event that it could not store.

    The word holds the event; the error itself is raised, and becomes the command's sentence.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, or drop it."""
        return len(text) if text.startswith(NOT_STORED) else self._stream.write(text)


def _holds_runs(folder: Path) -> bool:
    """Whether there is a run in Dagster's history."""
    path = folder / "history" / "runs.db"
    if not path.exists():
        return False
    with closing(sqlite3.connect(path)) as connection:
        try:
            return bool(connection.execute("SELECT count(*) FROM runs").fetchone()[0])
        except sqlite3.DatabaseError:
            return False
