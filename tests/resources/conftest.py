"""Real stores: SQLite files, MongoDB's wire protocol over NX-27017, a redis-server of our own."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pymongo
import pytest

from resources.embedded_redis import embedded_redis
from resources.log_store import LogStore, open_log_store
from tests.resources.elasticsearch_contract.server import contract_server
from tests.resources.nx_server import INSTALLED, wire_server

# A real server joins the contract suite where one is given; where none is, nothing is left out.
REAL_MONGO = os.environ.get("REC_TEST_MONGO_URL", "")
REAL_REDIS = os.environ.get("REC_TEST_REDIS_URL", "")
REAL_ELASTICSEARCH = os.environ.get("REC_TEST_ELASTICSEARCH_URL", "")
SEARCH_SERVERS = ("contract", *(["real"] if REAL_ELASTICSEARCH else []))
STORES = ("sqlite", "mongo-wire", *(["mongo-real"] if REAL_MONGO else []))
CACHES = ("embedded", *(["redis-real"] if REAL_REDIS else []))


@pytest.fixture(scope="session")
def wire_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that speaks MongoDB's protocol, on a free port; no database in the URL."""
    if not INSTALLED:
        pytest.skip("nx-27017 is not installed: pip install -e '.[mongo-test]'")
    with wire_server(tmp_path_factory.mktemp("nx")) as url:
        yield url


@pytest.fixture(params=STORES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty store of each kind; other processes may open it too."""
    yield from _urls(request, tmp_path)


@pytest.fixture(params=[name for name in STORES if name != "mongo-wire"])
def exact_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LogStore]:
    """For what NX-27017 answers wrongly (true equals 1 there): SQLite, and MongoDB where given."""
    for url in _urls(request, tmp_path):
        yield from _opened(url)


@pytest.fixture
def store(store_url: str) -> Iterator[LogStore]:
    """An empty store of each kind."""
    yield from _opened(store_url)


def _urls(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{folder / 'log.sqlite'}"
        return
    wire = request.param == "mongo-wire"
    server = request.getfixturevalue("wire_url") if wire else REAL_MONGO
    parts = server.partition("?")
    database = f"recwheel_test_{uuid.uuid4().hex[:12]}"
    yield f"{parts[0].rstrip('/')}/{database}{parts[1]}{parts[2]}"
    with pymongo.MongoClient[dict[str, object]](server) as client:
        client.drop_database(database)


def _opened(url: str) -> Iterator[LogStore]:
    opened = open_log_store(url)
    yield opened
    opened.close()


@pytest.fixture(scope="session", params=CACHES)
def redis_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL of an embedded server that lives for the session; then of a real one where given.

    Who uses it empties it first.
    """
    if request.param == "redis-real":
        yield REAL_REDIS
        return
    with embedded_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(params=SEARCH_SERVERS)
def search_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Elasticsearch: the contract server, and a real one where it is given."""
    if request.param == "real":
        yield REAL_ELASTICSEARCH
        return
    with contract_server(tmp_path / "elasticsearch") as server:
        yield server.url
