"""What Dagster's interface shows of every asset, and when things run by themselves."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from rec_assets import sensors
from rec_assets.definitions import defs
from resources.settings import Settings

SPECS = sorted(defs.resolve_all_asset_specs(), key=lambda spec: spec.key)


def test_no_dependency_is_misspelt_into_an_external_asset() -> None:
    named = {spec.key for spec in SPECS}
    assert {dep.asset_key for spec in SPECS for dep in spec.deps} <= named
    assert len(named) == 11


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.key.to_user_string())
def test_an_asset_says_what_it_is_and_whose(spec: dg.AssetSpec) -> None:
    assert spec.description
    assert spec.group_name not in (None, "default")
    assert spec.owners
    assert spec.kinds
    assert spec.code_version


def test_serving_stands_below_every_blocking_check() -> None:
    graph = defs.resolve_asset_graph()
    above = graph.get_ancestor_asset_keys(dg.AssetKey("serving_profiles"))
    checked = {key.asset_key for key in graph.asset_check_keys if graph.get(key).blocking}
    assert checked
    assert checked <= above


def test_the_schedule_asks_for_the_day_that_is_over() -> None:
    schedule = defs.resolve_schedule_def("daily_turn")
    tick = schedule.evaluate_tick(
        dg.build_schedule_context(
            scheduled_execution_time=datetime(2026, 2, 3, 2, 10, tzinfo=UTC),
            repository_def=defs.get_repository_def(),
        )
    )
    assert [request.partition_key for request in tick.run_requests or []] == ["2026-02-02"]


def drop(name: str, text: str) -> Path:
    folder = Settings().inbox
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def look(instance: dg.DagsterInstance, cursor: str | None) -> dg.SensorResult:
    with dg.build_sensor_context(instance=instance, cursor=cursor) as context:
        result = sensors.inbox(context)
    assert isinstance(result, dg.SensorResult)
    return result


def test_a_file_is_loaded_once_it_looks_the_same_twice_and_never_again() -> None:
    drop("export.jsonl", "{}\n")
    with dg.DagsterInstance.ephemeral() as instance:
        first = look(instance, None)
        second = look(instance, first.cursor)
        third = look(instance, second.cursor)
    assert not first.run_requests
    assert [r.partition_key for r in second.run_requests or []] == ["export.jsonl"]
    assert not third.run_requests


def test_a_changed_file_is_asked_for_again_under_another_key() -> None:
    drop("export.jsonl", "{}\n")
    with dg.DagsterInstance.ephemeral() as instance:
        second = look(instance, look(instance, None).cursor)
        drop("export.jsonl", '{"more": 1}\n')
        fourth = look(instance, look(instance, second.cursor).cursor)
    keys = [request.run_key for request in (*second.run_requests, *fourth.run_requests)]
    assert len(set(keys)) == 2


def test_a_file_still_being_copied_is_let_be() -> None:
    drop(".export.jsonl.part", "{}\n")
    with dg.DagsterInstance.ephemeral() as instance:
        second = look(instance, look(instance, None).cursor)
    assert not second.run_requests
    assert json.loads(second.cursor or "") == {}
