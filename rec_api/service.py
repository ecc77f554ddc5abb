"""What the routes work with, in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from rec_api.access import SIMULATOR, Keys
from rec_api.documents import Documents
from rec_api.outbox import Outbox
from rec_api.served import Served
from rec_api.words import LIVE, SIMULATION
from resources.paraphrase_client import Paraphraser
from resources.profile_cache import AsyncProfileCache
from resources.settings import Settings


class Timed(Protocol):
    """A body that may bring its own time."""

    @property
    def created_at(self) -> int | None:
        """Milliseconds since 1970, UTC."""


@dataclass(frozen=True, slots=True)
class Service:
    """The open parts of a running service."""

    settings: Settings
    clock: Callable[[], float]
    keys: Keys
    outbox: Outbox
    cache: AsyncProfileCache
    served: Served
    documents: Documents
    paraphraser: Paraphraser

    def time_of(self, body: Timed) -> int:
        """The record's `created_at` in milliseconds: the bot's own time, else now."""
        return body.created_at if body.created_at is not None else int(self.clock() * 1000)


def origin_of(role: str, asked: str | None = None) -> str:
    """`simulation` for what bots do unless they say otherwise, `live` for everybody else."""
    return asked or (SIMULATION if role == SIMULATOR else LIVE)
