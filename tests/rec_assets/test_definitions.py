"""What Dagster's interface shows of every asset, and when things run by themselves."""

from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg
import pytest

from rec_assets.definitions import defs

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
    checked = {key.asset_key for key in graph.asset_check_keys}
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
