"""What Dagster's interface shows of every asset, and when things run by themselves."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import dagster as dg
import pytest

from rec_assets.definitions import defs
from resources.settings import REPOSITORY

SPECS = sorted(defs.resolve_all_asset_specs(), key=lambda spec: spec.key)


def test_no_dependency_is_misspelt_into_an_external_asset() -> None:
    named = {spec.key for spec in SPECS}
    assert {dep.asset_key for spec in SPECS for dep in spec.deps} <= named
    assert len(named) == 12


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


BLOCKING = {
    "mined_personas": {"shares_moved_little"},
    "training_examples": {
        "chains_are_linked",
        "examples_account_for_all",
        "vectors_are_of_one_kind",
        "traffic_did_not_halve",
    },
    "user_profiles": {"profiles_are_normalised", "users_did_not_halve"},
    "cluster_profiles": {"clusters_cover_profiles", "clusters_did_not_jump"},
}
WARNING = {
    "category_did_not_drift",
    "intensity_did_not_drift",
    "language_did_not_drift",
    "accept_rate_did_not_drift",
    "text_language_did_not_drift",
    "few_answers_were_degraded",
    "index_equals_examples",
}
CHECKS = [spec for checks in defs.asset_checks or () for spec in checks.check_specs]


def test_what_stops_a_day_and_what_warns_of_it() -> None:
    stops = {(spec.asset_key.to_user_string(), spec.name) for spec in CHECKS if spec.blocking}
    assert stops == {(asset, name) for asset, names in BLOCKING.items() for name in names}
    assert {spec.name for spec in CHECKS if not spec.blocking} == WARNING


@pytest.mark.parametrize("spec", CHECKS, ids=lambda spec: spec.name)
def test_a_check_says_what_it_asks_and_how_it_is_overruled(spec: dg.AssetCheckSpec) -> None:
    told = spec.description or ""
    wanted = "materialize the downstream assets" if spec.blocking else "stops nothing"
    assert wanted in told


def test_operations_tell_of_every_check_whether_it_stops() -> None:
    page = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
    lines = [line.split("|") for line in page.splitlines() if line.startswith("| `")]
    told = {name: line[2].strip() for line in lines for name in re.findall(r"`(\w+)`", line[1])}
    assert {spec.name: "yes" if spec.blocking else "no" for spec in CHECKS}.items() <= told.items()


def test_golden_data_stands_below_the_checks_of_h_alone() -> None:
    above = defs.resolve_asset_graph().get_ancestor_asset_keys(dg.AssetKey("golden_export"))
    checked = {spec.asset_key.to_user_string() for spec in CHECKS if spec.blocking}
    names = {key.to_user_string() for key in above}
    assert checked & names == {"mined_personas", "training_examples"}


def test_the_schedule_comes_at_ten_past_two_in_utc_unless_a_setting_says_else() -> None:
    schedule = defs.resolve_schedule_def("daily_turn")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("10 2 * * *", "UTC")
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING


def test_the_environment_says_when_the_schedule_comes() -> None:
    code = (
        "from rec_assets.definitions import defs; s = defs.resolve_schedule_def('daily_turn'); "
        "print(s.cron_schedule, s.execution_timezone)"
    )
    environment = {"REC_SCHEDULE": "*/30 5 * * 1-5", "REC_SCHEDULE_ZONE": "Asia/Seoul"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["*/30", "5", "*", "*", "1-5", "Asia/Seoul"]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.key.to_user_string())
def test_an_asset_says_how_often_it_comes_and_what_of_people_it_holds(spec: dg.AssetSpec) -> None:
    assert spec.tags["cadence"] in {"daily", "on_arrival"}
    assert spec.tags["personal_data"] in {"text", "ids", "none"}
    daily = spec.tags["cadence"] == "daily"
    assert (spec.freshness_policy is not None) == daily
    assert isinstance(spec.partitions_def, dg.DailyPartitionsDefinition) == daily


def test_every_asset_belongs_to_a_pool_and_the_daily_ones_to_one_alone() -> None:
    graph = defs.resolve_asset_graph()
    pools = {spec.key: graph.get(spec.key).pools for spec in SPECS}
    assert all(pools.values())
    assert {
        pool for spec in SPECS if spec.tags["cadence"] == "daily" for pool in pools[spec.key]
    } == {"daily_chain"}
