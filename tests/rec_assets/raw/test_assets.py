"""raw_corporate_data on a real Dagster instance: what becomes of files that are not whole."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from rec_assets.commands.turn import QUIET, why_failed
from rec_assets.progress import listening
from rec_assets.raw import assets
from rec_assets.raw.assets import raw_corporate_data
from resources.dagster_resources import resources
from resources.log_store import LogStore, open_log_store
from resources.records import QUARANTINE, RAW
from resources.settings import Settings
from tests.rec_assets.raw.conftest import run

MANY = 6_000  # rows: more than are written at once


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


@pytest.fixture
def store() -> Iterator[LogStore]:
    Settings().inbox.mkdir(parents=True)
    opened = open_log_store(Settings().store_url)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "SETTLES", 0.0)


def lines(*numbers: int) -> bytes:
    return b"".join(json.dumps(run(insert_id=f"i{n}")).encode() + b"\n" for n in numbers)


def drop(content: bytes, name: str = "export.jsonl") -> Path:
    path = Settings().inbox / name
    path.write_bytes(content)
    return path


def materialize(
    instance: dg.DagsterInstance, name: str = "export.jsonl"
) -> dg.ExecuteInProcessResult:
    instance.add_dynamic_partitions("raw_files", [name])
    return dg.materialize(
        [raw_corporate_data],
        instance=instance,
        partition_key=name,
        resources=resources(),
        run_config=QUIET,
        raise_on_error=False,
    )


def reported(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    assert result.success, why_failed(result)
    (made,) = result.asset_materializations_for_node("raw_corporate_data")
    return {name: value.value for name, value in made.metadata.items()}


def insert_ids(store: LogStore) -> list[str]:
    return sorted(row["raw"]["insert_id"] for batch in store.scan(RAW) for row in batch)


@pytest.mark.parametrize("packed", [False, True])
def test_a_half_written_file_is_loaded_up_to_where_it_breaks_and_completed_by_the_whole_one(
    instance: dg.DagsterInstance, store: LogStore, packed: bool
) -> None:
    text = lines(*range(400))
    whole = gzip.compress(text, mtime=0) if packed else text
    drop(whole[: len(whole) * 2 // 3])
    half = reported(materialize(instance))
    assert 0 < store.count(RAW) < 400
    assert half["quarantined"] == store.count(QUARANTINE) == 1
    (kept,) = next(store.scan(QUARANTINE))
    assert kept["source"] == f"export.jsonl@{half['content_hash'][:8]}"
    assert "truncated" in kept["reason"]
    drop(whole)
    done = reported(materialize(instance))
    assert done["removed"] == half["dagster/row_count"] - 1
    assert (store.count(RAW), store.count(QUARANTINE)) == (400, 0)


def test_an_empty_file_changes_nothing(instance: dg.DagsterInstance, store: LogStore) -> None:
    drop(lines(1))
    reported(materialize(instance))
    drop(b"")
    words = why_failed(materialize(instance))
    assert "export.jsonl is empty (0 bytes), what stands of it stays" in words
    assert insert_ids(store) == ["i1"]


def test_a_file_that_another_one_takes_the_place_of_is_read_to_its_end(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    path = drop(lines(*range(MANY)))
    other = drop(lines(1, 2), ".other")

    def take_its_place(done: int, planned: int | None) -> None:
        if other.exists():
            os.replace(other, path)

    with listening(take_its_place):
        found = reported(materialize(instance))
    assert (found["dagster/row_count"], store.count(RAW)) == (MANY, MANY)
    assert reported(materialize(instance))["removed"] == MANY
    assert insert_ids(store) == ["i1", "i2"]


def test_a_file_that_is_overwritten_meanwhile_is_read_again(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    path, later = drop(lines(*range(MANY))), lines(*range(MANY + 7))
    seen: list[int] = []

    def overwrite(done: int, planned: int | None) -> None:
        seen.append(done)
        if len(seen) == 1:
            path.write_bytes(later)

    with listening(overwrite):
        result = materialize(instance)
    assert reported(result)["dagster/row_count"] == MANY + 7
    assert len(insert_ids(store)) == MANY + 7
    kinds = [event.event_type_value for event in result.all_events]
    assert kinds.count("STEP_UP_FOR_RETRY") == 1


def test_of_a_file_that_is_written_into_without_end_nothing_is_stored_and_it_is_said(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    drop(lines(7))
    reported(materialize(instance))
    path = drop(lines(*range(MANY)))

    def grow(done: int, planned: int | None) -> None:
        with path.open("ab") as file:
            file.write(lines(done))

    with listening(grow):
        result = materialize(instance)
    assert "export.jsonl was written into while it was read" in why_failed(result)
    assert insert_ids(store) == ["i7"]
    assert reported(materialize(instance))["removed"] == 1


def test_the_same_content_under_another_name_adds_nothing_and_says_of_which(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    drop(lines(1, 2), "a.jsonl")
    drop(lines(1, 2), "b.jsonl")
    reported(materialize(instance, "a.jsonl"))
    found = reported(materialize(instance, "b.jsonl"))
    assert (found["stored_new"], found["same_content_as"]) == (0, ["a.jsonl"])
    assert insert_ids(store) == ["i1", "i2"]


def test_a_file_that_is_gone_says_so(instance: dg.DagsterInstance, store: LogStore) -> None:
    assert "drop it there again" in why_failed(materialize(instance))
