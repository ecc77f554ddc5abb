from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)

from rec_assets import run_owners
from rec_assets.definitions import defs
from rec_assets.jobs import mine
from resources.settings import REPOSITORY
from resources.whole_files import remove_unheld

OWNER = f"""
import sys, time
sys.path.insert(0, {str(REPOSITORY)!r})
from pathlib import Path
from rec_assets import run_owners
with run_owners.owning(Path(sys.argv[1])):
    print(run_owners.tags()[run_owners.TAG], flush=True)
    time.sleep(60)
"""


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def begun(instance: dg.DagsterInstance, tags: dict[str, str]) -> str:
    job = defs.resolve_job_def(mine.name)
    run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags=tags)
    return run.run_id


def status(instance: dg.DagsterInstance, run_id: str) -> str:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status.value


def test_a_run_of_a_killed_owner_fails_with_a_sentence_one_of_a_living_owner_goes_on(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    command = [sys.executable, "-c", OWNER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        run = begun(instance, {run_owners.TAG: owner.stdout.readline().strip()})
        assert run_owners.settle(instance, tmp_path) == []
        assert status(instance, run) == "STARTED"
        owner.kill()
    assert run_owners.settle(instance, tmp_path) == [run]
    assert status(instance, run) == "FAILURE"
    words = [entry.message for entry in instance.all_logs(run) if entry.is_dagster_event]
    assert any("it was killed" in message for message in words)
    assert list((tmp_path / run_owners.FOLDER).iterdir()) == []


def test_a_run_that_ends_while_its_owner_is_looked_for_stays_as_it_ended(
    tmp_path: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = begun(instance, {run_owners.TAG: "0123456789abcdef"})

    def ends_first(path: Path) -> bool:
        run = instance.get_run_by_id(run_id)
        if run is not None and not run.is_finished:
            instance.report_run_canceled(run)
        return remove_unheld(path)

    monkeypatch.setattr(run_owners, "remove_unheld", ends_first)
    assert run_owners.settle(instance, tmp_path) == []
    assert status(instance, run_id) == "CANCELED"


def test_our_own_run_is_never_settled(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    with run_owners.owning(tmp_path):
        run = begun(instance, run_owners.tags())
        assert run_owners.settle(instance, tmp_path) == []
        assert status(instance, run) == "STARTED"
    assert run_owners.tags() == {}


def test_a_run_of_the_daemon_is_settled_only_by_one_who_knows_that_no_daemon_runs(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    run = begun(instance, {})
    assert run_owners.settle(instance, tmp_path) == []
    assert run_owners.settle(instance, tmp_path, unowned=True) == [run]


def test_a_run_that_waits_in_the_queue_is_left_to_the_next_daemon(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    place = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("rec_assets"), "__repository__")
    run = instance.create_run_for_job(
        defs.resolve_job_def(mine.name),
        status=dg.DagsterRunStatus.QUEUED,
        remote_job_origin=RemoteJobOrigin(place, mine.name),
        job_code_origin=None,
    )
    assert run_owners.settle(instance, tmp_path, unowned=True) == []
    assert status(instance, run.run_id) == "QUEUED"


def test_a_canceled_run_says_why_and_one_that_ended_stays_as_it_ended(
    instance: dg.DagsterInstance,
) -> None:
    run = begun(instance, {})
    run_owners.cancel(instance, run, "stopped by Ctrl-C")
    assert status(instance, run) == "CANCELED"
    run_owners.cancel(instance, run, "again")
    words = [entry.message for entry in instance.all_logs(run)]
    assert words[-1] == "stopped by Ctrl-C"


def test_a_run_canceled_before_it_noted_its_start_does_not_stand_as_one_that_goes_on(
    tmp_path: Path,
) -> None:
    job = defs.resolve_job_def(mine.name)
    starts = dg.DagsterEvent(dg.DagsterEventType.RUN_START.value, job_name=mine.name)
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:  # one in memory is one thread's
        run = instance.create_run_for_job(job).run_id
        noting = threading.Timer(0.3, instance.report_dagster_event, (starts, run))
        noting.start()
        run_owners.cancel(instance, run, "stopped by Ctrl-C")
        noting.join()
        assert status(instance, run) == "CANCELED"
