"""A log store, a Dagster instance, and Elasticsearch: the contract server, or a real one too."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import dagster as dg
import pytest
from elasticsearch import Elasticsearch

from rec_assets.golden import index
from resources.log_store import LogStore, open_log_store
from resources.search_series import Series
from resources.settings import Settings
from tests.rec_assets.golden.day_rows import DAYS
from tests.resources.conftest import search_url
from tests.resources.elasticsearch_contract.server import Contract, contract_server

__all__ = ["search_url"]


class Apart(NamedTuple):
    """A server that may hold other data, and both series under names of the test's own."""

    url: str
    both: tuple[Series, Series]


@pytest.fixture
def apart(search_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Apart]:
    """The contract server, then a real one where it is given; left as it was found."""
    own = f"recwheel-test-{uuid.uuid4().hex[:8]}"
    golden = replace(index.GOLDEN, alias=f"{own}-golden")
    requests = replace(index.REQUESTS, alias=f"{own}-requests")
    both = (golden, requests)
    for name, value in (("GOLDEN", golden), ("REQUESTS", requests), ("BOTH", both)):
        monkeypatch.setattr(index, name, value)
    yield Apart(search_url, both)
    with Elasticsearch(search_url) as client:
        forgiving = client.options(ignore_status=404).indices
        for series in both:
            for name in sorted({series.index_of(day) for day in DAYS}):  # their aliases go too
                forgiving.delete(index=name)
            forgiving.delete_index_template(name=series.alias)
        for series in both:
            assert client.indices.get_mapping(index=f"{series.alias}*").body == {}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Contract]:
    with contract_server(tmp_path / "elasticsearch") as started:
        monkeypatch.setenv("REC_ELASTICSEARCH_URL", started.url)
        monkeypatch.setenv("REC_ELASTICSEARCH_PATIENCE_S", "0.5")
        yield started


@pytest.fixture
def store() -> Iterator[LogStore]:
    settings = Settings()
    settings.home.mkdir(parents=True)
    opened = open_log_store(settings.store_url)
    yield opened
    opened.close()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made
