"""The schedule evaluated on a real instance: which days a tick asks for, and what it says else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from pydantic import ValidationError

from rec_assets import manifests, run_owners
from rec_assets.days import day_before
from rec_assets.definitions import defs
from rec_assets.personas.persona import read_personas
from rec_assets.personas.stored import write_stored
from resources.log_store import LogStore, open_log_store
from resources.records import COLLECTIONS
from resources.settings import Settings
from tests.rec_assets.wheel import persona_file

PARTS = (
    "training_examples", "user_profiles", "cluster_profiles", "serving_profiles", "golden_export",
    "wheel_report",
)  # fmt: skip
DUE = datetime(2026, 1, 8, 2, 10, tzinfo=UTC)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    (tmp_path / "dagster").mkdir()
    with dg.DagsterInstance.local_temp(str(tmp_path / "dagster")) as made:
        yield made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LogStore]:
    """The log store of this test's REC_HOME, with personas."""
    settings = Settings()
    settings.home.mkdir(parents=True)
    opened = open_log_store(settings.store_url)
    write_stored(opened, read_personas(persona_file(tmp_path)))
    yield opened
    opened.close()


def complete(store: LogStore, *days: str) -> None:
    for day in days:
        for asset in PARTS:
            manifests.complete(store, asset, day)


def tick(instance: dg.DagsterInstance, due: datetime = DUE) -> dg.ScheduleExecutionData:
    schedule = defs.resolve_schedule_def("daily_turn")
    context = dg.build_schedule_context(
        instance=instance,
        scheduled_execution_time=due,
        repository_def=defs.get_repository_def(),
    )
    return schedule.evaluate_tick(context)


def asked(
    instance: dg.DagsterInstance, due: datetime = DUE, *, queue: bool = False
) -> list[str | None]:
    """The days that a tick asks for; `queue`: as the daemon does, a run for each."""
    requests = tick(instance, due).run_requests or []
    if queue:
        for request in requests:
            add_run(instance, str(request.partition_key), dg.DagsterRunStatus.STARTING)
    return [request.partition_key for request in requests]


def add_run(
    instance: dg.DagsterInstance, day: str, status: dg.DagsterRunStatus, **tags: str
) -> None:
    instance.create_run_for_job(
        defs.resolve_job_def("wheel"), tags={"dagster/partition": day, **tags}, status=status
    )


def test_the_day_that_is_over_is_asked_for_once_the_others_are_complete(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    complete(store, "2026-01-05", "2026-01-06")
    assert asked(instance) == ["2026-01-07"]


def test_missed_days_are_asked_for_in_order_from_the_first_incomplete_one(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    complete(store, "2026-01-05", "2026-01-07")
    assert asked(instance, datetime(2026, 1, 10, 2, 10, tzinfo=UTC)) == [
        "2026-01-06",
        "2026-01-08",
        "2026-01-09",
    ]


@pytest.mark.parametrize("part", ["cluster_profiles", "wheel_report"])
def test_a_day_of_which_only_half_stands_is_missing(
    instance: dg.DagsterInstance, store: LogStore, part: str
) -> None:
    complete(store, "2026-01-05", "2026-01-06", "2026-01-07")
    manifests.begin(store, part, "2026-01-06")
    assert asked(instance) == ["2026-01-06"]


def test_the_day_is_of_utc_whatever_zone_the_schedule_keeps(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    complete(store, "2026-01-05")
    in_seoul = datetime(2026, 1, 8, 2, 10, tzinfo=ZoneInfo("Asia/Seoul"))  # 17:10 of the 7th
    assert asked(instance, in_seoul) == ["2026-01-06"]


def test_a_day_that_has_its_run_already_is_not_asked_for_twice(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    assert len(asked(instance, queue=True)) == 3
    minute_later = datetime(2026, 1, 8, 2, 11, tzinfo=UTC)
    assert "3 of 3 missing days are queued or run already" in str(
        tick(instance, minute_later).skip_message
    )


def test_a_day_that_failed_is_asked_for_again_under_another_key(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    complete(store, "2026-01-05", "2026-01-06")
    now = datetime.now(UTC)
    first = tick(instance, DUE).run_requests
    add_run(instance, "2026-01-07", dg.DagsterRunStatus.FAILURE)
    second = tick(instance, DUE.replace(minute=11)).run_requests
    assert first
    assert second
    assert first[0].partition_key == second[0].partition_key == "2026-01-07"
    assert first[0].run_key != second[0].run_key
    assert now > DUE


def test_while_a_command_turns_the_wheel_the_schedule_asks_for_nothing(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    with run_owners.owning(Settings().home):
        add_run(instance, "2026-01-05", dg.DagsterRunStatus.STARTED, **run_owners.tags())
        assert "a command of recwheel turns the wheel now" in str(tick(instance).skip_message)


def test_the_day_of_a_command_that_was_killed_is_asked_for_again(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    gone = {run_owners.TAG: "0123456789abcdef"}  # nobody holds the lock of that name
    add_run(instance, "2026-01-05", dg.DagsterRunStatus.STARTED, **gone)
    assert asked(instance) == ["2026-01-05", "2026-01-06", "2026-01-07"]
    (run,) = instance.get_runs()
    assert run.status == dg.DagsterRunStatus.FAILURE


def test_a_command_that_was_killed_holds_nothing_though_no_day_is_missing(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    complete(store, "2026-01-05", "2026-01-06", "2026-01-07")
    gone = {run_owners.TAG: "0123456789abcdef"}
    add_run(instance, "2026-01-05", dg.DagsterRunStatus.STARTED, **gone)
    assert asked(instance) == []
    (run,) = instance.get_runs()
    assert run.status == dg.DagsterRunStatus.FAILURE


def test_a_day_that_failed_three_times_in_a_day_waits_for_a_person(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    complete(store, "2026-01-05", "2026-01-06")
    for _ in range(3):
        add_run(instance, "2026-01-07", dg.DagsterRunStatus.FAILURE)
    said = str(tick(instance).skip_message)
    assert "2026-01-07 failed 3 times within 24 hours" in said


def test_failures_of_the_day_before_yesterday_are_forgotten(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    day = datetime.now(UTC).date().isoformat()
    complete(store, *days_until(day))
    for _ in range(3):
        add_run(instance, day, dg.DagsterRunStatus.FAILURE)
    later = datetime.fromtimestamp(datetime.now(UTC).timestamp() + 25 * 3600, UTC)
    assert asked(instance, later)[0] == day


def test_a_clock_that_jumped_ahead_by_a_year_gets_a_few_days_and_says_so(
    instance: dg.DagsterInstance, store: LogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete(store, "2026-01-05", "2026-01-06")
    monkeypatch.setenv("REC_CATCH_UP_DAYS", "4")
    ahead = datetime(2027, 1, 8, 2, 10, tzinfo=UTC)
    result = tick(instance, ahead)
    requests = result.run_requests or []
    assert [r.partition_key for r in requests] == [
        "2026-01-07",
        "2026-01-08",
        "2026-01-09",
        "2026-01-10",
    ]
    assert {r.tags["recwheel/missing_days"] for r in requests} == {"366"}


def test_while_those_run_the_next_tick_fills_up_to_as_many(
    instance: dg.DagsterInstance, store: LogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REC_CATCH_UP_DAYS", "2")
    due = datetime(2026, 1, 20, 2, 10, tzinfo=UTC)
    assert asked(instance, due, queue=True) == ["2026-01-05", "2026-01-06"]
    complete(store, "2026-01-05")
    (run,) = instance.get_runs(dg.RunsFilter(tags={"dagster/partition": "2026-01-05"}))
    instance.delete_run(run.run_id)
    assert asked(instance, due) == ["2026-01-07"]


def test_a_clock_that_went_back_does_nothing(instance: dg.DagsterInstance, store: LogStore) -> None:
    complete(store, "2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08")
    said = str(tick(instance, DUE.replace(day=7)).skip_message)
    assert said == "every day from 2026-01-05 to 2026-01-06 is complete"
    before = str(tick(instance, datetime(2025, 12, 31, tzinfo=UTC)).skip_message)
    assert before == "the wheel begins on 2026-01-05, which is not over yet"


def test_a_store_that_is_away_is_said_and_tried_again(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REC_LOG_URL", "mongodb://127.0.0.1:9/recwheel?serverSelectionTimeoutMS=100")
    said = str(tick(instance).skip_message)
    assert "127.0.0.1:9" in said
    assert said.endswith("the next tick tries again")


def test_without_personas_nothing_is_asked_for_and_the_sentence_says_what_to_load(
    instance: dg.DagsterInstance,
) -> None:
    assert "load a raw export" in str(tick(instance).skip_message)


def test_live_traffic_alone_is_turned_once_there_is_any(
    instance: dg.DagsterInstance, store: LogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REC_SIMULATE", "false")
    assert "no live session was ever stored" in str(tick(instance).skip_message)
    store.append(COLLECTIONS["A"], [{"_id": "a", "day": "2026-01-07", "origin": "live"}])
    assert asked(instance) == ["2026-01-05", "2026-01-06", "2026-01-07"]


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("REC_SCHEDULE", "every day", "five are needed"),
        ("REC_SCHEDULE", "61 2 * * *", "is no minute of a schedule"),
        ("REC_SCHEDULE_ZONE", "Mars/Olympus", "is no time zone"),
        ("REC_CATCH_UP_DAYS", "0", "greater than or equal to 1"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, setting: str, value: str, words: str
) -> None:
    monkeypatch.setenv(setting, value)
    with pytest.raises(ValidationError, match=words):
        Settings()


def days_until(day: str) -> list[str]:
    """The wheel's days before this one."""
    found = []
    while (day := day_before(day)) >= "2026-01-05":
        found.append(day)
    return found
