"""What a person sees in Dagster's interface after the first run, at its default size."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from PIL import Image

from rec_assets.definitions import defs
from rec_assets.plots import MOST_BYTES

ASSETS = sorted(spec.key.to_user_string() for spec in defs.resolve_all_asset_specs())
NO_TABLE = {"wheel_report", "golden_index"}  # a page; rows that lie in Elasticsearch, if anywhere
PICTURES = {
    "personas": {"bars"},
    "simulated_traffic": {"funnel"},
    "training_examples": {"funnel", "accept_rate"},
    "cluster_profiles": {"map"},
    "wheel_report": {"personas", "accept_rate", "persona_first"},
}
INLINE = re.compile(r"!\[\]\((data:image/png;base64,([A-Za-z0-9+/=]+))\)")


@pytest.fixture(scope="module")
def instance(first_home: Path, first_run: dict[str, Any]) -> Iterator[dg.DagsterInstance]:
    """The instance of the first run, with its events."""
    with dg.DagsterInstance.from_config(str(first_home / "dagster")) as opened:
        yield opened


def reported(instance: dg.DagsterInstance, asset: str) -> dict[str, Any]:
    event = instance.get_latest_materialization_event(dg.AssetKey(asset))
    assert event is not None
    assert event.asset_materialization is not None
    return {name: value.value for name, value in event.asset_materialization.metadata.items()}


@pytest.mark.parametrize("asset", [name for name in ASSETS if name not in NO_TABLE])
def test_every_table_has_its_columns_and_rows(instance: dg.DagsterInstance, asset: str) -> None:
    declared = next(s for s in defs.resolve_all_asset_specs() if s.key == dg.AssetKey(asset))
    told = {**declared.metadata, **reported(instance, asset)}
    schema = told["dagster/column_schema"]
    assert isinstance(schema, dg.TableSchema)
    assert len(schema.columns) > 1
    assert told["dagster/row_count"] > 0


@pytest.mark.parametrize("asset", PICTURES)
def test_what_people_look_at_is_a_picture_of_less_than_100_kb(
    instance: dg.DagsterInstance, asset: str
) -> None:
    found = {
        name: match
        for name, value in reported(instance, asset).items()
        if isinstance(value, str) and (match := INLINE.fullmatch(value))
    }
    assert set(found) == PICTURES[asset]
    for uri, encoded in (match.groups() for match in found.values()):
        assert len(uri) < MOST_BYTES
        assert Image.open(io.BytesIO(base64.b64decode(encoded))).width > 600


def test_no_metadata_is_larger_than_a_picture_may_be(instance: dg.DagsterInstance) -> None:
    for asset in ASSETS:
        for value in reported(instance, asset).values():
            assert len(str(value)) < MOST_BYTES


def test_the_last_day_of_the_first_run_passed_every_check(instance: dg.DagsterInstance) -> None:
    keys = defs.resolve_asset_graph().asset_check_keys
    latest = instance.event_log_storage.get_latest_asset_check_execution_by_key(list(keys))
    told = {key.name: record.event.dagster_event for key, record in latest.items() if record.event}
    assert set(told) == {key.name for key in keys}
    passed = {name: event.event_specific_data.passed for name, event in told.items() if event}
    assert passed == dict.fromkeys(passed, True)
