"""Runs a command and ends it with all its descendants when the process that asked for it ends.

A script of its own, standard library only, the leader of a process group: `dagster dev` starts a
web server, a daemon, code servers and runs, none of which would notice that `recwheel up` was
killed. What its parent lets it inherit (a lock) is held until all of them are gone.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

POLL_SECONDS = 0.1
GRACE_SECONDS = 2.0  # from SIGTERM to SIGKILL


def watch(parent: int, command: list[str]) -> int:
    """Return the command's status when it ended by itself; else end the whole group."""
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: asked.append(number))
    child = subprocess.Popen(command)
    while child.poll() is None and not asked and os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    status = child.poll()
    _end_group(child)
    return 0 if status is None else status


def _end_group(child: subprocess.Popen[bytes]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while _members() and time.monotonic() < deadline:
        child.poll()  # a zombie is a member
        time.sleep(POLL_SECONDS)
    if _members():
        os.killpg(0, signal.SIGKILL)  # this process among them


def _members() -> bool:
    """Whether anybody else of this process group lives; unknown, without /proc, means yes."""
    group, me = os.getpgrp(), os.getpid()
    folder = Path("/proc")
    if not (folder / "self" / "stat").exists():
        return True
    return any(_lives_in(group, entry) for entry in folder.glob("[0-9]*") if entry.name != str(me))


def _lives_in(group: int, process: Path) -> bool:
    try:
        state, _, its_group = (process / "stat").read_text().rpartition(")")[2].split()[:3]
    except OSError:
        return False
    return int(its_group) == group and state != "Z"


if __name__ == "__main__":
    sys.exit(watch(int(sys.argv[1]), sys.argv[2:]))
