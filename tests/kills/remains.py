"""What a command may not leave behind: processes, locks, drafts, temporary folders, open runs."""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from tests.kills.steps import statuses

ENDED = {"SUCCESS", "FAILURE", "CANCELED"}
GONE_SECONDS = 10.0


def processes(home: Path) -> dict[int, str]:
    """pid → command line of every living process that belongs to this REC_HOME."""
    return {int(p.name): words for p in Path("/proc").glob("[0-9]*") if (words := _ours(p, home))}


def _ours(process: Path, home: Path) -> str:
    try:
        words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        mine = f"REC_HOME={home}".encode() in (process / "environ").read_bytes().split(b"\0")
        inside = os.readlink(process / "cwd").startswith(f"{home}/")  # redis-server hides its own
    except OSError:
        return ""
    return words.strip() if mine or inside or f"{home}/" in words else ""


def pids(home: Path, word: str) -> list[int]:
    """The processes of this REC_HOME whose command line holds the word."""
    return [pid for pid, words in processes(home).items() if word in words]


def await_none(home: Path) -> dict[int, str]:
    """The processes that are left after a few seconds."""
    deadline = time.monotonic() + GONE_SECONDS
    while (left := processes(home)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def faults(home: Path, temporary: Path, whole: Path) -> Iterator[str]:
    """What is wrong after a command that ended well, beside the home `whole` of a clean run."""
    if left := await_none(home):
        yield f"processes are left: {left}"
    open_runs = {run: status for run, status in statuses(home).items() if status not in ENDED}
    if open_runs:
        yield f"Dagster runs are left: {open_runs}"
    if held := [str(path) for path in sorted(home.rglob("*")) if path.is_file() and _held(path)]:
        yield f"locks are held: {held}"
    if over := sorted(path.name for path in temporary.iterdir()):
        yield f"temporary files are left: {over}"
    if differing := files(home).keys() ^ files(whole).keys():
        yield f"other files than after a clean run: {sorted(differing)}"
    golden = {name for name in files(whole) if name.endswith(".parquet")}
    if other := [n for n in sorted(golden) if files(home).get(n) != files(whole)[n]]:
        yield f"other golden data: {other}"


def files(home: Path) -> dict[str, str]:
    """Relative path → digest; Dagster's files of single runs and SQLite's own are left out."""
    found = {}
    for path in sorted(home.rglob("*")):
        name = str(path.relative_to(home))
        if (
            path.is_file()
            and not name.startswith("dagster/")
            and not name.endswith(("-wal", "-shm"))
        ):
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _held(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
