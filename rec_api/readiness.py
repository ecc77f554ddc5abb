"""GET /readyz: whether stores are reachable and models loaded, and what is missing otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rec_api.answers import ReadyAnswer
from resources.log_store import StoreUnavailable
from resources.profile_cache import CacheUnavailable

if TYPE_CHECKING:
    from rec_api.service import Service


async def readiness(service: Service) -> ReadyAnswer:
    """Looks anew, and loads the prototypes if they were made since."""
    missing, backlog = list[str](), dict[str, int]()
    try:
        backlog = await service.outbox.backlog()
        await service.outbox.ping()
    except StoreUnavailable:
        missing.append("log store: it does not answer, check REC_LOG_URL")
    try:
        await service.cache.ping()
        await service.served.look_up("-", None)
    except CacheUnavailable:
        missing.append("profile cache: it does not answer, check REC_REDIS_URL")
    missing += await _models(service)
    return ReadyAnswer(
        ready=not missing, missing=missing, outbox=backlog, versions=service.served.versions()
    )


async def _models(service: Service) -> list[str]:
    """What is wrong with encoder and prototypes; without an encoder by choice, nothing is."""
    served = service.served
    if service.settings.encoder == "none":
        return []
    if served.encoder is None:
        return ["encoder: it could not be loaded, check REC_ENCODER"]
    await served.load_prototypes()
    if served.prototypes is None:
        return ["prototypes: materialize category_prototypes"]
    return []
