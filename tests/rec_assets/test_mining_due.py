"""When personas are mined again: real minings on a real Dagster instance, some of which fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from msgspec.structs import replace

from rec_assets import mining_due as module
from rec_assets import sensors
from rec_assets.commands.turn import QUIET
from rec_assets.definitions import defs
from rec_assets.mining_due import ATTEMPTS
from rec_assets.personas import assets
from rec_assets.personas.persona import read_personas, write_personas
from resources.log_store import LogStore, open_log_store
from resources.settings import Settings
from tests.rec_assets.raw.conftest import run
from tests.rec_assets.test_sensors import begin, drop, end, line, materialize
from tests.rec_assets.wheel import persona_file

DONE = "no raw data came since the last mining"
MINED = ("mined_personas", "personas")


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[LogStore]:
    monkeypatch.setenv("REC_RETRY_SECONDS", "0")
    monkeypatch.setattr(module, "PAUSE", 0.0)
    Settings().inbox.mkdir(parents=True)
    opened = open_log_store(Settings().store_url)
    yield opened
    opened.close()


def tick(instance: dg.DagsterInstance) -> dg.RunRequest | dg.SkipReason:
    with dg.build_sensor_context(instance=instance) as context:
        asked = sensors.mine_after_load(context)
    assert isinstance(asked, dg.RunRequest | dg.SkipReason)
    return asked


def asked(instance: dg.DagsterInstance) -> str:
    """The key of the mining that a tick asks for."""
    request = tick(instance)
    assert isinstance(request, dg.RunRequest), request
    assert request.run_key
    return request.run_key


def words(instance: dg.DagsterInstance) -> str:
    """Why a tick asks for none."""
    skipped = tick(instance)
    assert isinstance(skipped, dg.SkipReason), skipped
    return str(skipped.skip_message)


def mine(instance: dg.DagsterInstance, key: str = "") -> bool:
    """A run of the job as the daemon makes it, or as a person does; whether it succeeded."""
    tags = {"dagster/sensor_name": "mine_after_load", "dagster/run_key": key} if key else {}
    return (
        defs.resolve_job_def("mine")
        .execute_in_process(
            instance=instance, run_config=QUIET, tags=tags, raise_on_error=False,
            asset_selection=[dg.AssetKey(name) for name in MINED],
        )
        .success
    )  # fmt: skip


def load(instance: dg.DagsterInstance, name: str = "export.jsonl", number: int = 1) -> None:
    drop(name, line(number))
    materialize(instance, name)


def spoil_personas() -> None:
    """No mining can read what people wrote."""
    Settings().personas_path.write_text("{", encoding="utf-8")


def test_a_mining_that_failed_is_asked_for_again_under_another_key(
    instance: dg.DagsterInstance,
) -> None:
    load(instance)
    spoil_personas()
    first = asked(instance)
    assert not mine(instance, first)
    second = asked(instance)
    assert second != first
    Settings().personas_path.unlink()
    assert mine(instance, second)
    assert words(instance) == DONE


def test_after_three_failures_a_tick_says_what_to_do_until_a_person_did_it(
    instance: dg.DagsterInstance,
) -> None:
    load(instance)
    spoil_personas()
    for _ in range(ATTEMPTS):
        assert not mine(instance, asked(instance))
    said = words(instance)
    last = instance.get_runs(limit=1)[0].run_id
    assert f"mining failed 3 of 3 times, last in run {last}" in said
    assert said.endswith("mend what it says, then materialize the job mine")
    Settings().personas_path.unlink()
    assert mine(instance)
    assert words(instance) == DONE


def test_the_next_file_is_mined_whatever_failed_before(instance: dg.DagsterInstance) -> None:
    load(instance)
    spoil_personas()
    for _ in range(ATTEMPTS):
        mine(instance, asked(instance))
    load(instance, "next.jsonl", 2)
    assert asked(instance)


def test_between_two_attempts_there_is_a_pause(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(instance)
    spoil_personas()
    mine(instance, asked(instance))
    monkeypatch.setattr(module, "PAUSE", 600.0)
    assert words(instance).endswith("it is asked for again 600 seconds after that")


def test_a_mining_that_died_before_its_first_step_is_asked_for_again(
    instance: dg.DagsterInstance,
) -> None:
    load(instance)
    key = asked(instance)
    run = instance.get_run_by_id(begin(instance, "mine", {"dagster/run_key": key}))
    assert run is not None
    assert words(instance).startswith("mining is under way")
    instance.report_run_failed(run)
    assert asked(instance) != key


def test_a_mining_that_died_before_it_published_is_asked_for_again(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(instance)
    key = asked(instance)
    with monkeypatch.context() as patch:
        patch.setattr(assets, "write_personas", fail)
        assert not mine(instance, key)
    second = asked(instance)
    assert second != key
    assert mine(instance, second)
    assert words(instance) == DONE


def test_too_little_data_is_mined_once(instance: dg.DagsterInstance) -> None:
    load(instance)
    mine(instance, asked(instance))
    assert words(instance) == DONE


def test_a_mining_that_a_check_held_back_is_not_repeated(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    listed = read_personas(persona_file(tmp_path))
    write_personas(Settings().personas_path, [replace(p, origin="mined") for p in listed])
    load(instance)
    assert not mine(instance, asked(instance))
    assert words(instance) == DONE


def test_what_a_command_mined_is_mined(instance: dg.DagsterInstance) -> None:
    load(instance)
    assert mine(instance)
    assert words(instance) == DONE


def test_what_came_while_a_mining_went_on_is_mined_after_it(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*given: Any, **named: Any) -> Any:
        found = real(*given, **named)
        load(instance, "late.jsonl", 2)
        return found

    load(instance)
    real = assets.mine_personas
    with monkeypatch.context() as patch:
        patch.setattr(assets, "mine_personas", late)
        assert mine(instance, asked(instance))
    assert mine(instance, asked(instance))
    assert words(instance) == DONE


def test_texts_longer_than_a_persona_may_have_are_mined_as_often_as_they_come(
    instance: dg.DagsterInstance,
) -> None:
    for number in (1, 2):
        drop("export.jsonl", json.dumps(run(insert_id=f"i{number}", input_sentence_length=6_200)))
        materialize(instance, "export.jsonl")
        assert mine(instance, asked(instance))
        assert words(instance) == DONE
    (published,) = read_personas(Settings().personas_path)
    assert published.text_length.p90 == 5_000


def test_many_people_who_all_took_the_default_are_one_persona(
    instance: dg.DagsterInstance,
) -> None:
    everybody = [run(insert_id=f"i{n}", device_id=f"d{n}", user_id=f"u{n}") for n in range(25)]
    drop("pilot.jsonl", "".join(json.dumps(row) + "\n" for row in everybody))
    materialize(instance, "pilot.jsonl")
    assert mine(instance, asked(instance))
    (published,) = read_personas(Settings().personas_path)
    assert (published.users, published.share) == (25, 1.0)


def mining(instance: dg.DagsterInstance, cursor: str | None) -> tuple[Any, str | None]:
    with dg.build_sensor_context(instance=instance, cursor=cursor) as context:
        return sensors.mine_after_load(context), context.cursor


def test_a_burst_of_files_is_mined_once_after_the_last(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    asked, cursor = mining(instance, None)
    assert isinstance(asked, dg.SkipReason)
    last = begin(instance, "load", {"dagster/partition": "4.jsonl"})
    for number in range(4):
        drop(f"{number}.jsonl", line(number))
        materialize(instance, f"{number}.jsonl")
        asked, cursor = mining(instance, cursor)
        assert isinstance(asked, dg.SkipReason)
        assert "loads under way: 1" in str(asked.skip_message)
    end(instance, last)
    asked, cursor = mining(instance, cursor)
    assert isinstance(asked, dg.RunRequest)
    assert isinstance(mining(instance, cursor)[0], dg.SkipReason)


def test_what_comes_while_personas_are_mined_is_mined_after_that(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    under_way = begin(instance, "mine")
    drop("export.jsonl", line(1))
    materialize(instance, "export.jsonl")
    asked, cursor = mining(instance, None)
    assert isinstance(asked, dg.SkipReason)
    end(instance, under_way)
    assert isinstance(mining(instance, cursor)[0], dg.RunRequest)


def test_a_load_whose_process_is_long_gone_is_not_waited_for(
    instance: dg.DagsterInstance, store: LogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(instance, "load", {"dagster/partition": "a.jsonl"})
    drop("export.jsonl", line(1))
    materialize(instance, "export.jsonl")
    assert isinstance(mining(instance, None)[0], dg.SkipReason)
    monkeypatch.setattr(sensors, "LONGEST", -1.0)
    assert isinstance(mining(instance, None)[0], dg.RunRequest)


def test_a_mining_that_goes_on_for_hours_has_not_failed(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(instance)
    key = asked(instance)
    long = begin(instance, "mine", {"dagster/run_key": key})
    monkeypatch.setattr(sensors, "LONGEST", -1.0)
    assert words(instance) == f"mining was asked for and has not ended yet: run {long}"
    end(instance, long)
    second = asked(instance)
    assert second != key
    begin(instance, "mine", {"dagster/run_key": second})
    assert words(instance).startswith("mining was asked for and has not ended yet")


def test_a_mining_whose_run_a_person_deleted_is_asked_for_again_after_minutes(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(instance)
    first, cursor = mining(instance, None)
    skipped, cursor = mining(instance, cursor)
    assert str(skipped.skip_message) == "mining was asked for and is about to begin"
    for kept in (cursor, first.run_key):  # the key alone was written before
        with monkeypatch.context() as patch:
            patch.setattr(sensors, "BEGINS", 0.0)
            again, _ = mining(instance, kept)
        assert again.run_key == first.run_key


def fail(*given: Any) -> None:
    raise OSError("no space left on device")
