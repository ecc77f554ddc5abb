from __future__ import annotations

import dagster as dg
import pytest

from rec_assets.golden.index import compare_day
from resources.log_store import LogStore
from resources.search_index import SearchIndex
from tests.rec_assets.golden.conftest import Apart
from tests.rec_assets.golden.day_rows import DAYS, H, I, check, materialize, metadata, write_day

FIRST, SECOND, _ = DAYS


def test_a_day_of_both_series_is_as_in_the_log_store_and_follows_its_deletions(
    store: LogStore, instance: dg.DagsterInstance, apart: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REC_ELASTICSEARCH_URL", apart.url)
    write_day(store, FIRST, 25)
    result = materialize(instance, FIRST)
    golden, requests = apart.both
    equal = f"{golden.alias}: 25 rows, equal; {requests.alias}: 25 rows, equal"
    assert check(result) == (True, equal)
    for collection in (H, I):
        store.delete(collection, {"user_id": "user-1"})
    write_day(store, SECOND, 5)
    assert metadata(materialize(instance, SECOND))["removed"] == 20
    index = SearchIndex(apart.url)
    assert [index.rows_by_day(series) for series in apart.both] == [{FIRST: 15, SECOND: 5}] * 2
    for found in compare_day(index, store, FIRST, {}):
        assert found.wanted == found.found
        assert found.found.rows == 15
