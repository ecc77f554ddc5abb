"""Dagster's own storage under REC_HOME, whole from the first start on."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from os import close
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from rec_assets.pools import make_known
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
    held = hold(folder / "storage.lock")
    try:
        opened = dg.DagsterInstance.local_temp(str(folder), overrides=NO_CAPTURE)
        if not (folder / MADE).exists():
            _make_whole(opened)
            (folder / MADE).touch()
    finally:
        close(held)
    with opened, redirect_stderr(_WithoutPayloads(sys.stderr)):
        make_known(opened)
        yield opened


def _make_whole(opened: DagsterInstance) -> None:
    """Finish what a first start left undone that was killed while it laid out the databases.

    Dagster takes them for an old version's then, and says on standard output how it mends them.
    """
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        opened.upgrade()
        opened.reindex()


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
