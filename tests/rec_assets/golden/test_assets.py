"""Both sinks on a real Dagster instance: Parquet files, and the contract server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dagster as dg
import pyarrow.parquet as pq
import pytest

from rec_assets import manifests
from rec_assets.commands.turn import why_failed
from rec_assets.golden.index import GOLDEN, REQUESTS
from resources.log_store import LogStore
from resources.records import Row
from resources.search_index import SearchIndex
from resources.settings import Settings
from tests.rec_assets.golden.day_rows import DAYS, H, I, check, materialize, metadata, write_day
from tests.resources.elasticsearch_contract.server import Contract, contract_server

ROOT = Path(__file__).parents[3]
FIRST, SECOND, MONTH_LATER = DAYS


def indexed(server: Contract, day: str) -> list[Row]:
    return list(SearchIndex(server.url).rows(GOLDEN, day))


def exported(day: str) -> list[Row]:
    path = Settings().home / "golden" / f"day={day}" / "part-0.parquet"
    found: list[Row] = pq.read_table(path).to_pylist()
    return [{k: v for k, v in row.items() if k in GOLDEN.fields} for row in found]


def test_without_elasticsearch_it_is_off_and_costs_nothing(
    store: LogStore, instance: dg.DagsterInstance
) -> None:
    write_day(store, FIRST, 3)
    result = materialize(instance, FIRST)
    assert result.success
    assert metadata(result)["state"].startswith("off: REC_ELASTICSEARCH_URL names no")
    assert check(result) == (True, metadata(result)["state"])
    assert not manifests.begun(store, "golden_index", FIRST)
    code = "import sys, rec_assets.definitions; assert 'elasticsearch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_a_day_is_the_same_in_the_log_store_in_parquet_and_in_elasticsearch(
    store: LogStore, instance: dg.DagsterInstance, server: Contract
) -> None:
    write_day(store, FIRST, 25)
    result = materialize(instance, FIRST)
    assert result.success, why_failed(result)
    assert check(result) == (
        True,
        "recwheel-golden: 25 rows, equal; recwheel-requests: 25 rows, equal",
    )
    assert indexed(server, FIRST) == exported(FIRST)
    (request, *_) = SearchIndex(server.url).rows(REQUESTS, FIRST)
    assert request["latency_ms"] == 4.25
    assert request["cache_hit_document"] is False


def test_materialized_again_nothing_is_sent(
    store: LogStore, instance: dg.DagsterInstance, server: Contract
) -> None:
    write_day(store, FIRST, 25)
    assert metadata(materialize(instance, FIRST))["written"] == 50
    again = metadata(materialize(instance, FIRST))
    assert (again["written"], again["removed"]) == (0, 0)


def test_an_earlier_day_whose_rows_came_late_goes_to_both_sinks_again(
    store: LogStore, instance: dg.DagsterInstance, server: Contract
) -> None:
    write_day(store, FIRST, 10)
    materialize(instance, FIRST)
    (late,) = next(store.scan(H, where={"_id": f"{FIRST}-00003"}))
    store.put(H, [{**late, "accepted": False, "arrived_on": MONTH_LATER}])
    write_day(store, MONTH_LATER, 10, redone=[FIRST])
    result = materialize(instance, MONTH_LATER)
    assert metadata(result)["days"] == [FIRST, MONTH_LATER]
    assert metadata(result)["written"] == 21
    assert indexed(server, FIRST) == exported(FIRST)
    assert [row["accepted"] for row in indexed(server, FIRST)].count(False) == 1


def test_a_deleted_row_and_an_erased_user_disappear_from_both_sinks(
    store: LogStore, instance: dg.DagsterInstance, server: Contract
) -> None:
    write_day(store, FIRST, 30)
    materialize(instance, FIRST)
    store.delete(H, {"_id": f"{FIRST}-00003"})
    for collection in (H, I):
        store.delete(collection, {"user_id": "user-1"})
    result = materialize(instance, FIRST)
    assert check(result)[0]
    left = indexed(server, FIRST)
    assert left == exported(FIRST)
    assert len(left) == 19
    assert {row["user_id"] for row in left} == {"user-0", "user-2"}
    requests = SearchIndex(server.url).rows(REQUESTS, FIRST)
    assert {row["user_id"] for row in requests} == {"user-0", "user-2"}


def test_elasticsearch_away_leaves_parquet_and_the_next_day_catches_up(
    store: LogStore, instance: dg.DagsterInstance, server: Contract
) -> None:
    write_day(store, FIRST, 10)
    server.kill()
    result = materialize(instance, FIRST)
    assert "golden_index: resources.search_index.SearchIndexUnavailable" in why_failed(result)
    assert "does not answer" in why_failed(result)
    assert len(exported(FIRST)) == 10
    write_day(store, SECOND, 10)
    assert not materialize(instance, SECOND).success
    assert manifests.unfinished(store, "golden_index") == [FIRST, SECOND]
    server.start()
    write_day(store, MONTH_LATER, 10)
    result = materialize(instance, MONTH_LATER)
    assert metadata(result)["days"] == [FIRST, SECOND, MONTH_LATER]
    assert len(indexed(server, FIRST)) == len(indexed(server, SECOND)) == 10
    assert manifests.unfinished(store, "golden_index") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"REC_ELASTICSEARCH_URL": "https://127.0.0.1:9", "REC_ELASTICSEARCH_CA": "missing.pem"},
        {"REC_ELASTICSEARCH_URL": "127.0.0.1:9200"},
    ],
)
def test_a_day_of_a_wrong_setting_is_sent_once_that_is_mended(
    store: LogStore,
    instance: dg.DagsterInstance,
    server: Contract,
    monkeypatch: pytest.MonkeyPatch,
    wrong: dict[str, str],
) -> None:
    write_day(store, FIRST, 10)
    with monkeypatch.context() as mistaken:
        for name, value in wrong.items():
            mistaken.setenv(name, value)
        result = materialize(instance, FIRST)
    assert f"SettingError: {list(wrong)[-1]}" in why_failed(result)
    assert manifests.unfinished(store, "golden_index") == [FIRST]
    write_day(store, SECOND, 10)
    result = materialize(instance, SECOND)
    assert metadata(result)["days"] == [FIRST, SECOND]
    assert indexed(server, FIRST) == exported(FIRST)


def test_a_refused_row_is_named_and_its_day_tried_again(
    store: LogStore, instance: dg.DagsterInstance, server: Contract
) -> None:
    write_day(store, FIRST, 3)
    (row,) = next(store.scan(H, where={"_id": f"{FIRST}-00001"}))
    store.put(H, [{**row, "runs": "many"}])
    result = materialize(instance, FIRST, only=("golden_index",))
    told = metadata(result)
    assert told["refused"] == 1
    assert told["refused_rows"][0].startswith(f"{FIRST} {FIRST}-00001: document_parsing_exception")
    assert check(result)[0] is False
    assert manifests.unfinished(store, "golden_index") == [FIRST]


def test_no_password_is_in_what_dagster_keeps(
    store: LogStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_day(store, FIRST, 3)
    secret = "Basic ZWxhc3RpYzpodW50ZXIy"
    with contract_server(tmp_path / "guarded", secret=secret) as guarded:
        host = guarded.url.removeprefix("http://")
        monkeypatch.setenv("REC_ELASTICSEARCH_URL", f"http://elastic:hunter2@{host}")
        (tmp_path / "dagster").mkdir()
        with dg.DagsterInstance.local_temp(str(tmp_path / "dagster")) as instance:
            good = materialize(instance, FIRST)
            guarded.kill()
            monkeypatch.setenv("REC_ELASTICSEARCH_PATIENCE_S", "0")
            bad = materialize(instance, FIRST)
    assert good.success
    assert not bad.success
    kept = [p for p in (tmp_path / "dagster").rglob("*") if p.is_file()]
    assert any(guarded.url.encode() in path.read_bytes() for path in kept)
    assert not any(b"hunter2" in path.read_bytes() for path in kept)
