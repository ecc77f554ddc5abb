"""An Elasticsearch holds one wheel's rows: another is refused, a copy of the state goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
from elasticsearch import Elasticsearch

from rec_assets import manifests
from rec_assets.commands.turn import why_failed
from rec_assets.golden.index import GOLDEN, REQUESTS, wheel_of
from resources.log_store import LogStore, open_log_store
from resources.search_index import SearchIndex
from resources.state_copy import copy_state
from tests.rec_assets.golden.day_rows import DAYS, check, materialize, metadata, write_day
from tests.resources.elasticsearch_contract.server import Contract

FIRST, SECOND, MONTH_LATER = DAYS


@pytest.fixture
def other(tmp_path: Path) -> Iterator[tuple[LogStore, str]]:
    """Another log store and its URL."""
    url = f"sqlite:///{tmp_path}/other.sqlite"
    with closing(open_log_store(url)) as opened:
        yield opened, url


@pytest.fixture
def first(store: LogStore, instance: dg.DagsterInstance, server: Contract) -> LogStore:
    """The log store of a wheel whose first two days are in the index."""
    for day in (FIRST, SECOND):
        write_day(store, day, 20)
        assert materialize(instance, day).success
    return store


def held(server: Contract) -> list[dict[str, int]]:
    index = SearchIndex(server.url)
    return [index.rows_by_day(series) for series in (GOLDEN, REQUESTS)]


def test_a_second_wheel_is_refused_before_it_writes_or_removes_anything(
    first: LogStore,
    other: tuple[LogStore, str],
    instance: dg.DagsterInstance,
    server: Contract,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    second, url = other
    standing, templates = held(server), templates_of(server)
    write_day(second, MONTH_LATER, 5)
    with monkeypatch.context() as there:
        there.setenv("REC_LOG_URL", url)
        why = why_failed(materialize(instance, MONTH_LATER))
    assert "golden_index: resources.search_index.SearchIndexRefused" in why
    assert "holds another wheel's rows, and nothing was written to it or removed" in why
    assert "recwheel-golden-2026.01, recwheel-requests-2026.01 belong to another log store" in why
    assert "delete these indices by the command in docs/stack.md" in why
    assert (held(server), templates_of(server)) == (standing, templates)
    assert standing == [{FIRST: 20, SECOND: 20}] * 2
    assert manifests.unfinished(second, "golden_index") == [MONTH_LATER]
    assert wheel_of(first) != wheel_of(second)
    write_day(first, MONTH_LATER, 5)
    assert metadata(materialize(instance, MONTH_LATER))["written"] == 10
    assert held(server) == [{FIRST: 20, SECOND: 20, MONTH_LATER: 5}] * 2


def test_a_second_wheel_goes_on_once_the_indices_are_deleted(
    first: LogStore,
    other: tuple[LogStore, str],
    instance: dg.DagsterInstance,
    server: Contract,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    second, url = other
    write_day(second, FIRST, 5)
    monkeypatch.setenv("REC_LOG_URL", url)
    assert not materialize(instance, FIRST).success
    with Elasticsearch(server.url) as client:
        client.indices.delete(index="recwheel-golden-2026.01,recwheel-requests-2026.01")
    assert materialize(instance, FIRST).success
    assert held(server) == [{FIRST: 5}] * 2


def test_a_copy_of_the_state_goes_on_with_its_index(
    first: LogStore,
    other: tuple[LogStore, str],
    instance: dg.DagsterInstance,
    server: Contract,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copy, url = other
    copy_state(first, copy, "the first", lambda *_: None)
    assert wheel_of(copy) == wheel_of(first)
    monkeypatch.setenv("REC_LOG_URL", url)
    write_day(copy, MONTH_LATER, 5)
    result = materialize(instance, MONTH_LATER)
    assert check(result)[0]
    assert (metadata(result)["written"], metadata(result)["removed"]) == (10, 0)
    assert held(server) == [{FIRST: 20, SECOND: 20, MONTH_LATER: 5}] * 2


def test_indices_from_before_wheels_were_told_apart_are_taken_over(
    first: LogStore,
    other: tuple[LogStore, str],
    instance: dg.DagsterInstance,
    server: Contract,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Elasticsearch(server.url) as client:
        client.indices.put_mapping(index="recwheel-*", meta={})
    assert metadata(materialize(instance, SECOND))["written"] == 0
    second, url = other
    write_day(second, FIRST, 5)
    monkeypatch.setenv("REC_LOG_URL", url)
    assert "another wheel's rows" in why_failed(materialize(instance, FIRST))
    assert held(server) == [{FIRST: 20, SECOND: 20}] * 2


def templates_of(server: Contract) -> list[str]:
    """What the server keeps of templates, as it lies in its file."""
    import sqlite3

    with closing(sqlite3.connect(server.folder / "node.sqlite")) as file:
        found = file.execute("SELECT body FROM made WHERE kind = 'template' ORDER BY name")
        return [body for (body,) in found]
