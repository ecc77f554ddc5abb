"""`recwheel up` that is killed, started again, and stopped: nothing of it stays behind."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
from dagster._core.scheduler.instigation import TickStatus

from rec_assets.commands import dagster_home
from rec_assets.definitions import defs
from tests.kills.remains import await_none, processes
from tests.kills.steps import statuses
from tests.kills.wheels import Clean
from tests.rec_assets.command_line import RECWHEEL, ROOT, surroundings
from tests.rec_assets.few_contexts import few_contexts
from tests.rec_assets.test_missed_days import STATE, tick

READY_SECONDS = 300.0
SOON = 5.0


def test_killed_it_takes_its_tree_along_started_again_it_settles_stopped_it_ends_soon(
    clean: Clean, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(clean.home, home)
    with dagster_home.instance(home) as instance:  # as the daemon launches one: it has no owner
        job = defs.resolve_job_def("mine")
        left = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED).run_id
        instance.add_instigator_state(STATE)
        tick(instance, datetime.now(UTC) + timedelta(days=60), TickStatus.SKIPPED)
    first = up(home)
    await_true(lambda: "dagster_webserver" in " ".join(processes(home).values()))
    assert statuses(home)[left] == "FAILURE"
    assert "the clock was ahead" in (tmp_path / "said").read_text("utf-8")
    first.kill()
    first.wait()
    assert await_none(home) == {}

    again = up(home)
    await_true(lambda: "dagster_webserver" in " ".join(processes(home).values()))
    again.send_signal(signal.SIGINT)
    assert again.wait(SOON) == 0
    assert await_none(home) == {}
    assert "Traceback" not in (tmp_path / "said").read_text("utf-8")


def up(home: Path) -> subprocess.Popen[bytes]:
    environment = surroundings(
        home,
        REC_PORT="18461",
        REC_DAGSTER_PORT="18561",
        REC_CONTEXTS=str(few_contexts(home.parent / "pool")),
    )
    with (home.parent / "said").open("ab") as said:
        return subprocess.Popen(
            [str(RECWHEEL), "up"], cwd=ROOT, env=environment, stdout=said, stderr=said
        )


def await_true(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.2)
