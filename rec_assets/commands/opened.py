"""What a command holds while it runs: REC_HOME made ready, the stores, Dagster's instance."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from rich.console import Console

from rec_assets import run_owners
from rec_assets.commands import dagster_home, home
from resources.home_lock import writing
from resources.log_store import LogStore, open_log_store
from resources.settings import Settings


@contextmanager
def opened(settings: Settings) -> Iterator[LogStore]:
    """REC_HOME made ready, the store open, the embedded Redis held throughout."""
    from resources.embedded_redis import embedded_redis

    home.prepare(settings)
    with ExitStack() as stack:
        stack.enter_context(writing(settings.home))
        if not settings.redis_url:
            stack.enter_context(embedded_redis(settings.home))
        store = open_log_store(settings.store_url)
        stack.callback(store.close)
        store.ping()
        yield store


@contextmanager
def dagster_instance(settings: Settings, *, alone: bool = False) -> Iterator[Any]:
    """Dagster's instance under REC_HOME, so that its interface shows what is run in here.

    Runs that a killed process left unfinished are settled first; `alone`: the daemon's too, by the
    one who is about to start it.
    """
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    with dagster_home.instance(settings.home) as instance, run_owners.owning(settings.home):
        run_owners.settle(instance, settings.home, unowned=alone)
        yield instance


def say_store(console: Console, settings: Settings) -> None:
    """Say where everything is written."""
    from rec_assets.commands.status import store_name

    console.print(f"log store: {store_name(settings)}; state: {settings.home}", markup=False)
