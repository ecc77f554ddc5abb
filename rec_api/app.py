"""The service put together: what is opened at the start and closed at the end."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from fastapi import FastAPI

from rec_api import problems
from rec_api.access import Keys
from rec_api.body_limit import BodyLimit
from rec_api.direct_log import DirectLog
from rec_api.documents import Documents
from rec_api.forwarder import Forwarder
from rec_api.outbox import Outbox, Sink
from rec_api.outbox_file import OutboxFile
from rec_api.routes import router
from rec_api.served import Served
from rec_api.service import Service
from rec_api.stale_contexts import StaleContexts
from rec_api.unforeseen import Unforeseen
from resources.embedded_redis import embedded_redis
from resources.encoder import open_encoder
from resources.home_lock import writing
from resources.log_store import LogStore, open_log_store
from resources.paraphrase_client import open_paraphraser
from resources.profile_cache import AsyncProfileCache
from resources.settings import Settings

DESCRIPTION: Final = (
    "Ranks the 84 options (category × intensity × language) for a text that a person selected, "
    "by what the text says and what the person and people like them chose before."
)


def create_app(
    settings: Settings,
    *,
    store: LogStore | None = None,
    clock: Callable[[], float] = time.time,
) -> FastAPI:
    """The app; its lifespan opens stores and models. A `store` given stays its owner's to close.

    `clock` gives seconds since 1970.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.service = await _open(settings, store, clock, stack)
            yield

    app = FastAPI(
        title="Recwheel",
        version="1",
        description=DESCRIPTION,
        lifespan=lifespan,
        strict_content_type=False,
    )
    app.include_router(router)
    problems.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(Unforeseen)
    return app


async def _open(
    settings: Settings,
    given: LogStore | None,
    clock: Callable[[], float],
    stack: AsyncExitStack,
) -> Service:
    settings.home.mkdir(parents=True, exist_ok=True)
    stack.enter_context(writing(settings.home))
    store = given or open_log_store(settings.store_url)
    if given is None:
        stack.callback(store.close)
    cache = AsyncProfileCache(
        settings.redis_url or stack.enter_context(embedded_redis(settings.home))
    )
    stack.push_async_callback(cache.close)
    paraphraser = open_paraphraser(settings)
    stack.push_async_callback(paraphraser.close)
    outbox = Outbox(_sink(settings, store, stack))
    stack.push_async_callback(outbox.close)
    served = Served(store, cache, open_encoder(settings.encoder))
    stale = StaleContexts(settings.home / "stale_contexts")
    documents = Documents(outbox, cache, served, stale)
    stack.push_async_callback(documents.close)
    await served.load_prototypes()
    keys = Keys(settings.home)
    return Service(settings, clock, keys, outbox, cache, served, documents, paraphraser)


def _sink(settings: Settings, store: LogStore, stack: AsyncExitStack) -> Sink:
    """The SQLite log store takes records itself; in front of any other stands the outbox file."""
    if settings.store_url.startswith("sqlite:"):
        return DirectLog(store)
    file = OutboxFile(settings.home / "outbox.sqlite", store)
    forwarder = Forwarder(file, store, settings.home / "outbox.lock")
    stack.callback(file.close)
    stack.callback(forwarder.close)
    return file
