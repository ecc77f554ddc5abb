"""A clock that was ahead and was set right, on a real instance and with Dagster's own ticks."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, TickStatus
from dagster._core.test_utils import InProcessTestWorkspaceLoadTarget, freeze_time
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._daemon.sensor import execute_sensor_iteration
from dagster._scheduler.scheduler import launch_scheduled_runs

from rec_assets.commands.clock_ahead import take_back
from rec_assets.latest_tick import latest_tick
from rec_assets.schedules import daily_turn
from resources.settings import Settings

# Of Dagster itself: as it reads a schedule, and as it resumes a tick.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Property .ScheduleDefinition.environment_vars"),
    pytest.mark.filterwarnings("ignore:The .warn. method is deprecated"),
]
LOG = logging.getLogger("tests.daemon")
BEGUN = datetime(2026, 1, 6, 1, 0, tzinfo=UTC)
NOW = datetime(2026, 1, 7, 9, 0, tzinfo=UTC)
CUT_OFF = "00000000-0000-4000-8000-000000000001"  # a run that was to come
AHEAD = NOW + timedelta(days=60)


class Daemon:
    """Does what Dagster's daemon does once, at a given moment; as one that was just started."""

    def __init__(self, workspace: WorkspaceProcessContext) -> None:
        self.workspace, self.instance = workspace, workspace.instance

    def iterate(self, now: datetime) -> None:
        with freeze_time(now):
            list(launch_scheduled_runs(self.workspace, LOG, now, {}))
            list(execute_sensor_iteration(self.workspace, LOG, None, None))

    def state(self, name: str) -> InstigatorState:
        states = {state.instigator_name: state for state in self.instance.all_instigator_state()}
        return states[name]

    def cursor(self, name: str) -> str:
        return str(getattr(self.state(name).instigator_data, "cursor", ""))

    def ticks(self, name: str) -> list[datetime]:
        state = self.state(name)
        found = self.instance.get_ticks(state.instigator_origin_id, state.selector_id)
        return [datetime.fromtimestamp(tick.timestamp, UTC) for tick in found]


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Daemon]:
    """The daemon of an empty instance; a file waits in the inbox."""
    Settings().inbox.mkdir(parents=True)
    (Settings().inbox / "export.jsonl").write_text("{}\n", encoding="utf-8")
    (tmp_path / "dagster").mkdir()
    code = LoadableTargetOrigin(module_name="rec_assets.definitions")
    origin = InProcessCodeLocationOrigin(code, location_name="rec_assets")
    with (
        dg.DagsterInstance.local_temp(str(tmp_path / "dagster")) as instance,
        WorkspaceProcessContext(instance, InProcessTestWorkspaceLoadTarget(origin)) as workspace,
    ):
        yield Daemon(workspace)


@pytest.fixture
def daemon(new: Daemon) -> Daemon:
    """It ran at two moments, and then at one that was sixty days ahead."""
    for moment in (BEGUN, NOW - timedelta(days=1), AHEAD):
        new.iterate(moment)
    return new


def latest(daemon: Daemon) -> dict[str, datetime]:
    return {name: daemon.ticks(name)[0] for name in ("inbox", "daily_turn", "missed_days")}


def test_left_as_it_is_neither_sensor_nor_schedule_ticks_until_that_time_has_come(
    daemon: Daemon,
) -> None:
    due = AHEAD.replace(hour=2, minute=10)
    assert latest(daemon) == {"inbox": AHEAD, "daily_turn": due, "missed_days": AHEAD}
    daemon.iterate(NOW)
    daemon.iterate(NOW + timedelta(days=30))
    assert latest(daemon) == {"inbox": AHEAD, "daily_turn": due, "missed_days": AHEAD}


def test_taken_back_they_tick_again_and_no_file_is_asked_for_twice(daemon: Daemon) -> None:
    cursor, runs = daemon.cursor("inbox"), len(daemon.instance.get_runs())
    assert "export.jsonl" in cursor
    assert runs == 1
    said = take_back(daemon.instance, NOW)
    assert "the clock was ahead, at 2026-03-08 09:00 UTC" in said
    assert "(daily_turn, inbox, mine_after_load, missed_days)" in said
    assert daemon.cursor("inbox") == cursor
    daemon.iterate(NOW)
    due = NOW.replace(hour=2, minute=10)
    assert latest(daemon) == {"inbox": NOW, "daily_turn": due, "missed_days": NOW}
    assert daemon.ticks("daily_turn") == [due, due - timedelta(days=1)]
    assert len(daemon.instance.get_runs()) == runs
    assert daemon.cursor("inbox") == cursor


def test_what_is_of_now_or_past_stays_as_it_is(daemon: Daemon) -> None:
    names = ("inbox", "daily_turn", "missed_days")
    before = {name: (daemon.ticks(name), daemon.state(name)) for name in names}
    assert take_back(daemon.instance, AHEAD) == ""
    assert {name: (daemon.ticks(name), daemon.state(name)) for name in names} == before


def test_a_schedule_that_began_at_a_time_to_come_begins_now(new: Daemon) -> None:
    new.iterate(AHEAD)
    take_back(new.instance, NOW)
    new.iterate(NOW)
    assert new.ticks("daily_turn") == []
    tomorrow = NOW + timedelta(days=1)
    new.iterate(tomorrow)
    assert new.ticks("daily_turn") == [tomorrow.replace(hour=2, minute=10)]


def test_a_tick_that_was_cut_off_before_its_runs_asks_for_them(daemon: Daemon) -> None:
    state = daemon.state("inbox")
    (tick, _) = daemon.instance.get_ticks(state.instigator_origin_id, state.selector_id)
    asked = tick.with_status(TickStatus.STARTED, run_ids=[], skip_reason=None)
    request = dg.RunRequest(run_key="cut off", partition_key="export.jsonl")
    daemon.instance.update_tick(asked.with_run_requests([request], reserved_run_ids=[CUT_OFF]))
    take_back(daemon.instance, NOW)
    daemon.iterate(NOW)
    assert daemon.instance.get_run_by_id(CUT_OFF) is not None
    assert daemon.ticks("inbox")[0] == NOW


def test_what_a_person_switched_off_stays_off(daemon: Daemon) -> None:
    off = daemon.state("inbox").with_status(InstigatorStatus.STOPPED)
    daemon.instance.update_instigator_state(off)
    take_back(daemon.instance, NOW)
    assert daemon.state("inbox").status == InstigatorStatus.STOPPED


def test_meanwhile_the_look_for_missed_days_says_what_to_do(daemon: Daemon) -> None:
    tick = latest_tick(daemon.instance, daily_turn, NOW)
    assert tick.due is None
    assert "its latest tick is of 2026-03-08 02:10 UTC" in tick.words
    assert "start Dagster again" in tick.words
