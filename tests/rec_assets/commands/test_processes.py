"""What is said and done before and while the processes of `recwheel up` run."""

from __future__ import annotations

import socket
import subprocess
import time
from itertools import chain, repeat
from pathlib import Path

import pytest

from rec_assets.commands.processes import ProcessEnded, free_port, watch

DAY = 86_400.0


def said_while(*off: float) -> list[str]:
    """What is said while the clock is off by each number of seconds in turn, and stays so."""
    turns, words = chain(off, repeat(off[-1])), list[str]()
    logs = {"dagster": Path("dagster.log")}
    ended = pytest.raises(ProcessEnded, match="dagster ended with status 0")
    with subprocess.Popen(["sleep", "2"]) as child, ended:
        watch({"dagster": child}, logs, words.append, lambda: time.time() + next(turns))
    return words


def test_a_clock_that_is_set_back_is_said_once_with_what_to_do() -> None:
    (words,) = said_while(0.0, 60 * DAY, 0.0)
    assert words.startswith("the clock was set back by 60 days, 0:00:00: Dagster waits for so long")
    assert "start it again" in words


def test_one_that_jumps_ahead_or_goes_back_a_little_is_not() -> None:
    assert said_while(0.0, 60 * DAY, 60 * DAY - 30.0) == []


def test_beyond_the_last_port_none_is_tried() -> None:
    with (
        socket.create_server(("127.0.0.1", 65535)),
        pytest.raises(ProcessEnded, match=r"ports 65535–65535 of .+ are all taken"),
    ):
        free_port("127.0.0.1", 65535)
