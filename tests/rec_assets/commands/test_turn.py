"""Runs in a command's own process beside those of Dagster's daemon."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import pytest

from rec_assets.commands import turn
from rec_assets.commands.locks import UP, AtWork, only_one
from resources.settings import Settings
from tests.rec_assets.test_schedules import add_run

DAY = "2026-01-06"
NOT_YET = "2026-01-05 is not complete"  # what the day's own run fails with


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    Settings().home.mkdir(parents=True)
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def test_while_the_daemon_turns_the_wheel_a_command_does_not(instance: dg.DagsterInstance) -> None:
    add_run(instance, "2026-01-05", dg.DagsterRunStatus.STARTED)
    (going_on,) = instance.get_runs()
    with (
        only_one(Settings().home / UP, "busy"),
        pytest.raises(AtWork, match=f"for 2026-01-05 .run {going_on.run_id}.: wait until"),
    ):
        turn.turn(instance, DAY)
    assert len(instance.get_runs()) == 1


def test_a_run_that_was_killed_with_its_daemon_or_is_not_begun_stops_no_command(
    instance: dg.DagsterInstance,
) -> None:
    add_run(instance, "2026-01-05", dg.DagsterRunStatus.STARTED)
    with pytest.raises(turn.RunFailed):
        turn.turn(instance, DAY)
    (killed,) = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    instance.report_run_failed(killed)
    add_run(instance, "2026-01-05", dg.DagsterRunStatus.NOT_STARTED)
    with only_one(Settings().home / UP, "busy"), pytest.raises(turn.RunFailed):
        turn.turn(instance, DAY)
