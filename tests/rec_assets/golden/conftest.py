"""A log store, a Dagster instance, and Elasticsearch as the contract server is it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from resources.log_store import LogStore, open_log_store
from resources.settings import Settings
from tests.resources.elasticsearch_contract.server import Contract, contract_server


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
