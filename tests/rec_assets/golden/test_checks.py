from __future__ import annotations

from typing import Any

import dagster as dg
import pytest

from rec_assets.golden import assets
from rec_assets.golden.behind import Behind
from rec_assets.golden.index import GOLDEN
from resources.log_store import LogStore
from resources.search_bulk import Sent
from resources.search_index import SearchIndex
from tests.rec_assets.golden.day_rows import DAYS, check, materialize, write_day
from tests.resources.elasticsearch_contract.server import Contract

FIRST = DAYS[0]


def not_sent(*_: Any) -> dict[str, Sent]:
    """A step that says that it sent the day, and did not."""
    return {FIRST: Sent()}


def test_the_check_names_what_is_missing_other_and_too_much(
    store: LogStore,
    instance: dg.DagsterInstance,
    server: Contract,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_day(store, FIRST, 10)
    materialize(instance, FIRST)
    index = SearchIndex(server.url)
    rows = list(index.rows(GOLDEN, FIRST))
    rows[2]["intensity"] = "weak"
    extra = {**rows[9], "example_id": f"{FIRST}-99999"}
    index.replace(GOLDEN, FIRST, [*rows[:4], *rows[5:], extra])
    monkeypatch.setattr(assets, "send_days", not_sent)
    result = materialize(instance, FIRST)
    assert result.success  # it warns: nothing waits for it
    passed, told = check(result)
    assert not passed
    assert "recwheel-golden: 10 rows in the index, 10 in the log store" in told
    assert f"{FIRST}-00002 differs in intensity" in told
    assert f"{FIRST}-00004 is missing" in told
    assert f"{FIRST}-99999 should be gone" in told
    assert "recwheel-requests: 10 rows, equal" in told


def test_a_check_without_a_server_fails_with_a_sentence(
    store: LogStore,
    instance: dg.DagsterInstance,
    server: Contract,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_day(store, FIRST, 3)
    monkeypatch.setattr(assets, "send_days", not_sent)
    monkeypatch.setattr(assets, "claim", lambda *_: "")
    monkeypatch.setattr(assets, "index_behind", lambda *_, **__: Behind([], []))
    server.kill()
    passed, told = check(materialize(instance, FIRST))
    assert not passed
    assert "does not answer" in told
