"""The look between two ticks of the schedule, on a real instance: days that a tick left undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

import dagster as dg
import pytest
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    ScheduleInstigatorData,
    TickData,
    TickStatus,
)

from rec_assets import schedules
from rec_assets.day_state import hold_back
from rec_assets.definitions import defs
from resources.log_store import LogStore
from tests.rec_assets.test_schedules import DUE, add_run, complete, instance, store
from tests.rec_assets.test_schedules import asked as asked_by_the_schedule

__all__ = ["instance", "store"]  # fixtures

ORIGIN = RemoteInstigatorOrigin(
    RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("rec_assets"), "__repository__"),
    "daily_turn",
)
STATE = InstigatorState(
    ORIGIN,
    InstigatorType.SCHEDULE,
    InstigatorStatus.DECLARED_IN_CODE,
    ScheduleInstigatorData("10 2 * * *", 0.0),
)
MINUTES = timedelta(minutes=1)


@pytest.fixture
def ticked(instance: dg.DagsterInstance) -> dg.DagsterInstance:
    """The schedule ticked when it was due, and the log store was away then."""
    instance.add_instigator_state(STATE)
    tick(instance, DUE, TickStatus.SKIPPED)
    return instance


def tick(instance: dg.DagsterInstance, due: datetime, status: TickStatus) -> None:
    instance.create_tick(
        TickData(
            ORIGIN.get_id(), "daily_turn", InstigatorType.SCHEDULE, status, due.timestamp(),
            run_ids=[], run_keys=[], selector_id=STATE.selector_id,
        )
    )  # fmt: skip


def look(
    instance: dg.DagsterInstance,
    now: datetime = DUE + 10 * MINUTES,
    before: datetime | None = None,
) -> Sequence[dg.RunRequest] | str:
    """What the sensor asks for at that moment; or the sentence that says why it asks for none.

    `before`: when it looked last.
    """
    looked = before.timestamp() if before else None

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(now.timestamp(), tz)

    with (
        pytest.MonkeyPatch.context() as patch,
        dg.SensorEvaluationContext(
            instance_ref=None, last_tick_completion_time=looked, instance=instance
        ) as context,
    ):
        patch.setattr(schedules, "datetime", Clock)
        found = schedules.missed_days(context)
    if isinstance(found, dg.SkipReason):
        return str(found.skip_message)
    assert isinstance(found, list)
    return found


def days(found: Sequence[dg.RunRequest] | str) -> list[str | None]:
    assert not isinstance(found, str), found
    return [request.partition_key for request in found]


def test_a_tick_that_found_the_store_away_is_made_good_within_minutes(
    ticked: dg.DagsterInstance, store: LogStore
) -> None:
    complete(store, "2026-01-05")
    assert days(look(ticked)) == ["2026-01-06", "2026-01-07"]


def test_once_those_days_are_complete_it_asks_for_nothing(
    ticked: dg.DagsterInstance, store: LogStore
) -> None:
    complete(store, "2026-01-05", "2026-01-06", "2026-01-07")
    assert look(ticked) == "every day from 2026-01-05 to 2026-01-07 is complete"


def test_a_day_of_which_the_schedule_has_not_come_yet_is_let_be(
    ticked: dg.DagsterInstance, store: LogStore
) -> None:
    complete(store, "2026-01-05", "2026-01-06", "2026-01-07")
    at_one = datetime(2026, 1, 9, 1, 0, tzinfo=UTC)  # the 8th is over
    assert look(ticked, at_one) == "every day from 2026-01-05 to 2026-01-07 is complete"


def test_a_day_that_failed_is_asked_for_every_ten_minutes_until_it_failed_three_times(
    ticked: dg.DagsterInstance, store: LogStore
) -> None:
    complete(store, "2026-01-05", "2026-01-06")
    keys = set[str | None]()
    for number in range(3):
        found = look(ticked, DUE + (number + 1) * 10 * MINUTES)
        assert days(found) == ["2026-01-07"]
        keys |= {request.run_key for request in found if isinstance(request, dg.RunRequest)}
        add_run(ticked, "2026-01-07", dg.DagsterRunStatus.FAILURE)
    assert len(keys) == 3
    said = look(ticked, DUE + 40 * MINUTES)
    assert "2026-01-07 failed 3 times within 24 hours" in str(said)


def test_a_complete_day_that_was_held_back_is_asked_for_and_given_up_like_any_other(
    ticked: dg.DagsterInstance, store: LogStore
) -> None:
    complete(store, "2026-01-05", "2026-01-06", "2026-01-07")
    hold_back(store, "2026-01-07")
    for _ in range(3):
        assert days(look(ticked)) == ["2026-01-07"]
        add_run(ticked, "2026-01-07", dg.DagsterRunStatus.FAILURE)
    assert "2026-01-07 failed 3 times within 24 hours" in str(look(ticked))


def test_an_earlier_day_that_is_given_up_keeps_none_back_that_does_not_rest_on_it(
    ticked: dg.DagsterInstance, store: LogStore
) -> None:
    complete(store, "2026-01-05", "2026-01-06")
    hold_back(store, "2026-01-05")
    assert days(look(ticked)) == ["2026-01-05", "2026-01-07"]
    for _ in range(3):
        add_run(ticked, "2026-01-05", dg.DagsterRunStatus.FAILURE)
    assert days(look(ticked)) == ["2026-01-07"]
    add_run(ticked, "2026-01-07", dg.DagsterRunStatus.STARTED)
    said = str(look(ticked))
    assert "2026-01-05 failed 3 times within 24 hours" in said
    assert said.endswith("; 1 of 1 missing days are queued or run already")


def test_a_day_of_which_a_person_materializes_assets_is_not_asked_for_meanwhile(
    ticked: dg.DagsterInstance, store: LogStore
) -> None:
    complete(store, "2026-01-05", "2026-01-06")
    ticked.create_run_for_job(
        defs.resolve_implicit_global_asset_job_def(),
        status=dg.DagsterRunStatus.STARTED,
        asset_selection=frozenset({dg.AssetKey("cluster_profiles")}),
        tags={"dagster/partition": "2026-01-07"},
    )
    assert look(ticked) == "1 of 1 missing days are queued or run already"


def test_what_one_asked_for_the_other_does_not_ask_for_too(
    ticked: dg.DagsterInstance, store: LogStore
) -> None:
    for day in days(look(ticked)):
        add_run(ticked, str(day), dg.DagsterRunStatus.STARTING)
    assert asked_by_the_schedule(ticked) == []
    assert look(ticked) == "3 of 3 missing days are queued or run already"


@pytest.mark.parametrize("near", [-MINUTES / 2, MINUTES / 2])
def test_about_the_time_of_a_tick_the_schedule_asks_alone(
    ticked: dg.DagsterInstance, store: LogStore, near: timedelta
) -> None:
    tomorrow = DUE + timedelta(days=1)
    if near > timedelta(0):
        tick(ticked, tomorrow, TickStatus.SUCCESS)
    said = look(ticked, tomorrow + near)
    assert said == "the schedule daily_turn ticks about now and asks itself"


def test_a_tick_that_is_not_made_or_not_ended_is_waited_for(
    ticked: dg.DagsterInstance, store: LogStore
) -> None:
    tomorrow = DUE + timedelta(days=1)
    assert "asks itself" in str(look(ticked, tomorrow + 5 * MINUTES))
    tick(ticked, tomorrow, TickStatus.STARTED)
    assert "asks itself" in str(look(ticked, tomorrow + 5 * MINUTES))


def test_what_a_changed_schedule_would_have_made_is_not_waited_for_after_one_look(
    ticked: dg.DagsterInstance, store: LogStore
) -> None:
    """As the schedule is now, a tick was due the day after; as it was before, none."""
    due, look_again = DUE + timedelta(days=1), 10 * MINUTES
    complete(store, "2026-01-05", "2026-01-06")
    first = due + 2 * 60 * MINUTES
    assert "asks itself" in str(look(ticked, first, before=due - look_again))
    assert days(look(ticked, first + look_again, before=first)) == ["2026-01-07"]


def test_a_tick_that_is_about_to_be_made_is_waited_for_though_a_look_was_just_before(
    ticked: dg.DagsterInstance, store: LogStore
) -> None:
    due = DUE + timedelta(days=1)
    said = look(ticked, due + 10 * MINUTES, before=due + MINUTES / 2)
    assert "asks itself" in str(said)


def test_while_the_schedule_is_stopped_no_day_is_asked_for(
    ticked: dg.DagsterInstance, store: LogStore
) -> None:
    ticked.update_instigator_state(STATE.with_status(InstigatorStatus.STOPPED))
    assert look(ticked) == "the schedule daily_turn is stopped"


def test_before_its_first_tick_no_day_is_due(instance: dg.DagsterInstance, store: LogStore) -> None:
    assert look(instance) == "the schedule daily_turn has not ticked yet"
    instance.add_instigator_state(STATE)
    assert look(instance) == "the schedule daily_turn has not ticked yet"


def test_a_store_that_is_still_away_is_said(
    ticked: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REC_LOG_URL", "mongodb://127.0.0.1:9/recwheel?serverSelectionTimeoutMS=100")
    assert "127.0.0.1:9" in str(look(ticked))
