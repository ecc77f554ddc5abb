"""Category vectors made where none stand: before a wheel turns, and for one that never does."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from rec_assets.commands.opened import dagster_instance, opened, say_store
from resources.log_store import LogStore
from resources.settings import Settings


def ensure_prototypes(console: Console, instance: Any, settings: Settings, store: LogStore) -> None:
    """A service that never saw a wheel, or whose encoder is new, tells a thesis from an e-mail."""
    if not stand(settings, store):
        _make(console, instance)


def make_where_none_stand(console: Console) -> None:
    """Bring the vectors of the encoder that REC_ENCODER names, by a run that Dagster shows.

    Where they stand Dagster is not even opened: this is asked at each start of the stack.
    """
    settings = Settings()
    with opened(settings) as store:
        say_store(console, settings)
        if stand(settings, store):
            console.print(f"encoder {settings.encoder}: nothing to make", markup=False)
            return
        with dagster_instance(settings) as instance:
            _make(console, instance)
    console.print("category vectors stand; the service takes them up by itself")


def stand(settings: Settings, store: LogStore) -> bool:
    """Whether the store holds category vectors of the encoder, or none are wanted from it.

    The encoder is let go of: the run loads its own, and a large one takes gigabytes.
    """
    from rec_api.prototype_rows import load_prototypes
    from resources.encoder import open_encoder

    encoder = open_encoder(settings.encoder)
    return encoder is None or load_prototypes(store, encoder.version) is not None


def _make(console: Console, instance: Any) -> None:
    from rec_assets.commands import turn

    console.print("making category vectors from the context pool")
    turn.make_prototypes(instance)
