"""What the container `daemon` does before it is Dagster's daemon, for which a script stands."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.scheduler.instigation import TickStatus

from rec_assets.commands import dagster_home, turn
from rec_assets.commands.locks import UP, AtWork, is_held
from resources.settings import Settings
from tests.rec_assets.test_missed_days import ORIGIN, STATE, tick
from tests.rec_assets.test_schedules import add_run
from tests.stack.compose_file import ANYTHING, ROOT, read_compose

READY_SECONDS = 180.0


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """What `dagster-home` made, and a day that the daemon's run began in `code`."""
    Settings().home.mkdir()
    dagster_home.configure(Settings().home)
    with dagster_home.instance(Settings().home) as opened:
        add_run(opened, "2026-01-05", dg.DagsterRunStatus.STARTED)
        yield opened


@pytest.fixture
def daemon(instance: dg.DagsterInstance, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The container's process once it is the daemon; the clock was ahead before."""
    instance.add_instigator_state(STATE)
    tick(instance, datetime.now(UTC) + timedelta(days=60), TickStatus.SKIPPED)
    stands_for = tmp_path / "bin" / "dagster-daemon"
    stands_for.parent.mkdir()
    stands_for.write_text(f'#!/bin/sh\necho "$@" > {tmp_path / "words"}\nexec sleep 600\n')
    stands_for.chmod(0o755)
    path = os.pathsep.join([str(stands_for.parent), os.environ["PATH"]])
    python, *words = read_compose(ANYTHING)["services"]["daemon"]["command"]
    assert python == "python"
    with subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PATH": path},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + READY_SECONDS
        while not (tmp_path / "words").exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield process
        process.kill()


def test_while_it_lives_no_command_turns_the_wheel_beside_it(
    instance: dg.DagsterInstance, daemon: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert (tmp_path / "words").read_text() == "run -w docker/workspace.yaml\n"
    with pytest.raises(AtWork, match="Dagster's daemon turns the wheel for 2026-01-05"):
        turn.turn(instance, "2026-01-06")
    assert len(instance.get_runs()) == 1
    daemon.kill()
    daemon.wait()
    assert not is_held(Settings().home / UP)


def test_what_was_noted_while_the_clock_was_ahead_is_taken_back_and_said(
    instance: dg.DagsterInstance, daemon: subprocess.Popen[str]
) -> None:
    assert instance.get_ticks(ORIGIN.get_id(), STATE.selector_id) == []
    daemon.kill()
    _, said = daemon.communicate()
    assert "the clock was ahead, at" in said
    assert "(daily_turn), so that it ticks from now on" in said
    (run,) = instance.get_runs()
    assert run.status == dg.DagsterRunStatus.STARTED  # it goes on in `code`
