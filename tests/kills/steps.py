"""Which of Dagster's steps have begun and ended, read from its files while they are written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

QUERY = (
    "SELECT step_key, dagster_event_type, timestamp FROM event_logs WHERE dagster_event_type IN "
    "('STEP_START', 'STEP_SUCCESS', 'STEP_FAILURE') ORDER BY id"
)


class Step(NamedTuple):
    """A step of a run, seconds since 1970; `ended` is None while it is at work."""

    key: str
    began: float
    ended: float | None


def run_files(home: Path) -> list[Path]:
    """The event logs of the runs, oldest first."""
    folder = home / "dagster" / "history" / "runs"
    files = [p for p in folder.glob("*.db") if p.name != "index.db"] if folder.is_dir() else []
    return sorted(files, key=lambda path: path.stat().st_ctime_ns)


def steps_of(file: Path) -> list[Step]:
    """The run's steps in order; none while Dagster still lays the file out."""
    found: dict[str, Step] = {}
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)) as connection:
            rows = connection.execute(QUERY).fetchall()
    except sqlite3.Error:
        return []
    for key, kind, when in rows:
        moment = datetime.fromisoformat(when).replace(tzinfo=UTC).timestamp()
        if kind == "STEP_START":
            found[key] = Step(key, moment, None)
        elif key in found:
            found[key] = found[key]._replace(ended=moment)
    return list(found.values())


class Watch:
    """The steps of a command that is running: those of runs that were not there before it."""

    def __init__(self, home: Path) -> None:
        self._home, self._before = home, set(run_files(home))
        self._done: dict[Path, list[Step]] = {}

    def steps(self) -> list[Step]:
        """All steps so far, in order of the runs."""
        files = [file for file in run_files(self._home) if file not in self._before]
        for file in files[-2:]:
            self._done[file] = steps_of(file)
        return [step for file in files for step in self._done.get(file, [])]

    def step(self, key: str, occurrence: int) -> Step | None:
        """The step of this key for the so-manieth time; None when it has not begun."""
        found = [step for step in self.steps() if step.key == key]
        return found[occurrence] if len(found) > occurrence else None


def statuses(home: Path) -> dict[str, str]:
    """Dagster's status of each run."""
    file = home / "dagster" / "history" / "runs.db"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as connection:
        return dict(connection.execute("SELECT run_id, status FROM runs").fetchall())
