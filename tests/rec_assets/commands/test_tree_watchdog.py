from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from rec_assets.commands import tree_watchdog

# A parent that starts a tree: the watchdog, a shell, and a grandchild that ignores SIGTERM.
PARENT = """
import os, subprocess, sys, time
tree = "trap '' TERM; sleep 60 & echo $! > {pids}; echo $$ >> {pids}; wait; sleep 60"
command = [sys.executable, "-I", {watchdog!r}, str(os.getpid()), "sh", "-c", tree]
subprocess.Popen(command, start_new_session=True)
time.sleep(60)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_when_the_parent_is_killed_the_whole_tree_ends(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    code = PARENT.format(pids=pids, watchdog=tree_watchdog.__file__)
    with subprocess.Popen([sys.executable, "-c", code]) as parent:
        await_true(lambda: pids.exists() and len(pids.read_text().split()) == 2)
        tree = [int(word) for word in pids.read_text().split()]
        assert all(lives(pid) for pid in tree)
        parent.kill()
    await_true(lambda: not any(lives(pid) for pid in tree))


def test_the_status_is_that_of_the_command() -> None:
    code = (
        "import os, subprocess, sys\n"
        f"words = [sys.executable, '-I', {tree_watchdog.__file__!r}, str(os.getpid())]\n"
        "sys.exit(subprocess.call([*words, 'sh', '-c', 'exit 7'], start_new_session=True))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 7


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def await_true(true: object, seconds: float = 10.0) -> None:
    assert callable(true)
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)
