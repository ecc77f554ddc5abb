"""The ground floor as Dagster sees it: each resource opened for a run and closed after it.

The one file outside rec_assets that imports dagster.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import dagster as dg
from pydantic import PrivateAttr

from resources.embedded_redis import embedded_redis
from resources.encoder import Encoder, open_encoder
from resources.home_lock import writing
from resources.log_store import LogStore, open_log_store
from resources.profile_cache import ProfileCache
from resources.search_index import SearchIndex, open_search_index
from resources.service_process import Endpoint, service
from resources.settings import Settings


class SettingsResource(dg.ConfigurableResource[Settings]):
    """The environment's REC_… settings, read when a run starts."""

    def create_resource(self, context: dg.InitResourceContext) -> Settings:
        """The settings."""
        return Settings()


class LogStoreResource(dg.ConfigurableResource[LogStore]):
    """The log store that REC_LOG_URL names: MongoDB, or SQLite under REC_HOME."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[LogStore]:
        """The open store."""
        settings = Settings()
        settings.home.mkdir(parents=True, exist_ok=True)
        with writing(settings.home):
            store = open_log_store(settings.store_url)
            try:
                yield store
            finally:
                store.close()


class ProfileCacheResource(dg.ConfigurableResource[ProfileCache]):
    """Redis at REC_REDIS_URL, or the embedded server under REC_HOME."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[ProfileCache]:
        """The connected cache."""
        settings = Settings()
        with ExitStack() as stack:
            url = settings.redis_url or stack.enter_context(embedded_redis(settings.home))
            cache = ProfileCache(url)
            stack.callback(cache.close)
            yield cache


class EncoderResource(dg.ConfigurableResource["EncoderResource"]):
    """The text encoder that REC_ENCODER names."""

    _encoder: Encoder | None = PrivateAttr(default=None)

    def open(self) -> Encoder | None:
        """The encoder, loaded once for a process; None when it is switched off."""
        if self._encoder is None:
            self._encoder = open_encoder(Settings().encoder)
        return self._encoder


class SearchIndexResource(dg.ConfigurableResource["SearchIndexResource"]):
    """Elasticsearch at REC_ELASTICSEARCH_URL, where that is set."""

    @contextmanager
    def opened(self) -> Iterator[SearchIndex | None]:
        """A block with the index; None where it is off."""
        index = open_search_index(Settings())
        try:
            yield index
        finally:
            if index is not None:
                index.close()


class ServiceResource(dg.ConfigurableResource["ServiceResource"]):
    """The HTTP service the bots call: REC_API_URL, or one started for the run."""

    def running(self) -> AbstractContextManager[Endpoint]:
        """A block in which the service answers; gives its URL and key."""
        return service(Settings())


def resources() -> dict[str, Any]:
    """Every resource by the name under which assets ask for it."""
    return {
        "settings": SettingsResource(),
        "log_store": LogStoreResource(),
        "profile_cache": ProfileCacheResource(),
        "encoder": EncoderResource(),
        "service": ServiceResource(),
        "search_index": SearchIndexResource(),
    }
