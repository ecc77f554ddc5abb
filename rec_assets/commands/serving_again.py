"""A profile cache that lost what it served gets it again from the log store."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from rec_assets import manifests
from rec_assets.commands import turn
from resources.embedded_redis import embedded_redis
from resources.log_store import LogStore
from resources.profile_blobs import ServingVersion
from resources.profile_cache import ProfileCache
from resources.settings import Settings

if TYPE_CHECKING:
    from dagster import DagsterInstance


def serve_again(instance: DagsterInstance, settings: Settings, store: LogStore) -> None:
    """Publish the latest day anew unless the cache serves it, or a later one."""
    days = manifests.days(store, "serving_profiles")
    if days and is_behind(_served(settings), days[-1]):
        turn.serve(instance, days[-1])


def is_behind(served: ServingVersion | None, day: str) -> bool:
    """Whether the cache serves nothing, or a day before this one."""
    return served is None or served.day < day


def _served(settings: Settings) -> ServingVersion | None:
    with ExitStack() as stack:
        url = settings.redis_url or stack.enter_context(embedded_redis(settings.home))
        cache = ProfileCache(url)
        stack.callback(cache.close)
        return cache.served_version()
