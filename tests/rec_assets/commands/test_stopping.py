from __future__ import annotations

import signal
import subprocess
import sys

from resources.settings import REPOSITORY

# `{work}` runs while the signal comes.
COMMAND = f"""
import os, signal, sys, time
sys.path.insert(0, {str(REPOSITORY)!r})
from rec_assets.commands import stopping
stopping.LATEST_SECONDS = 1.0
stopping.listen()
try:
    with stopping.telling(lambda: "three of five stand"):
        {{work}}
except stopping.Stopped as stopped:
    print(stopped.sentence)
    stopping.leave(stopped)
"""
TO_ITSELF = "os.kill(os.getpid(), {number})"


def run(work: str) -> subprocess.CompletedProcess[str]:
    code = COMMAND.format(work=work)
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


def test_ctrl_c_is_status_130_and_a_sentence_with_what_stands() -> None:
    done = run(TO_ITSELF.format(number=int(signal.SIGINT)))
    assert done.returncode == 130
    assert done.stdout == (
        "stopped by Ctrl-C; three of five stand; the same command goes on from here\n"
    )
    assert done.stderr == ""


def test_sigterm_is_status_143() -> None:
    done = run(TO_ITSELF.format(number=int(signal.SIGTERM)))
    assert done.returncode == 143
    assert "stopped by SIGTERM" in done.stdout


def test_a_signal_that_comes_while_python_frees_an_object_is_heard_all_the_same() -> None:
    freed = "type('T', (), {'__del__': lambda self: os.kill(os.getpid(), 2)})(); time.sleep(20)"
    done = run(freed)
    assert done.returncode == 130
    assert "three of five stand" in done.stdout
    assert "Traceback" not in done.stderr


DEAF = """
        while True:
            try:
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(20)
            except BaseException:
                time.sleep(20)
"""


def test_work_that_takes_no_notice_is_left_in_the_middle() -> None:
    done = run(DEAF.strip())
    assert done.returncode == 130
    assert "stopped by Ctrl-C" in done.stderr
