"""Ctrl-C and SIGTERM: a sentence within five seconds, and nothing lost."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.kills.remains import await_none, faults
from tests.kills.steps import statuses
from tests.kills.wheels import Clean, Command

SOON = 5.0  # seconds from the signal to the prompt


def stopped(command: Command) -> tuple[int, str]:
    """Status and words of a command that was signalled; what it ran is CANCELED."""
    status = command.process.wait(SOON)
    assert await_none(command.home) == {}
    assert "Traceback" not in command.words
    assert "STARTED" not in statuses(command.home).values()
    return status, " ".join(command.words.split())


def test_ctrl_c_while_mining_says_what_stands_and_what_to_do(tmp_path: Path) -> None:
    command = Command(tmp_path / "home")
    command.inside("personas")
    command.signal(signal.SIGINT)
    status, said = stopped(command)
    assert status == 130
    assert "stopped by Ctrl-C; 24,844 raw rows stand, no day was begun" in said
    assert "the same command goes on from here" in said
    assert [*statuses(command.home).values()].count("CANCELED") == 1


@pytest.fixture
def copied(begun: Path, tmp_path: Path) -> Path:
    home = tmp_path / "home"
    shutil.copytree(begun, home)
    return home


def test_stopped_in_traffic_and_again_in_profiles_the_same_command_ends_as_if_it_never_was(
    copied: Path, clean: Clean
) -> None:
    assert [*statuses(copied).values()].count("CANCELED") == 1  # begun: Ctrl-C in traffic
    command = Command(copied)
    command.inside("user_profiles")
    os.kill(command.process.pid, signal.SIGTERM)  # to the process alone, as a supervisor does
    status, said = stopped(command)
    assert status == 143
    assert "stopped by SIGTERM" in said
    assert "of 60 sessions stand" in said
    again = Command(copied)
    assert again.end() == 0
    assert list(faults(copied, again.temporary, clean.home)) == []
    assert again.answer == clean.answer


def test_ctrl_c_before_anything_is_open_is_a_sentence_too(tmp_path: Path) -> None:
    command = Command(tmp_path / "home")
    command.until(lambda: (command.home / "run.lock").exists())
    command.signal(signal.SIGINT)
    assert command.process.wait(SOON) == 130
    assert "stopped by Ctrl-C" in command.words
    assert "Traceback" not in command.words
