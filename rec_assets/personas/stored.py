"""The personas as they stand in the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from rec_assets import manifests
from rec_assets.personas.persona import Persona, PersonaError
from resources.log_store import LogStore
from resources.records import DRAWN_FROM, MANIFESTS, MINED, PERSONAS, Row

# Where prompts are quoted that five people or more wrote.
QUOTING_FIELDS: Final = {
    MINED: ("style_prompt", "prompts"),
    PERSONAS: ("style_prompt", "prompts"),
    DRAWN_FROM: ("style_prompt", "prompts"),
    MANIFESTS: ("entries",),  # of the former personas
}
_FORMER: Final = ("personas", "former")  # their manifest
_CANDIDATE: Final = ("mined_personas", "candidate")


def read_stored(store: LogStore, collection: str = PERSONAS) -> list[Persona]:
    """All personas of the collection, most people first."""
    rows = [row for batch in store.scan(collection) for row in batch]
    bare = ({name: value for name, value in row.items() if name != "_id"} for row in rows)
    found = [msgspec.convert(row, Persona) for row in bare]
    return sorted(found, key=lambda persona: (-persona.share, persona.name))


def write_stored(store: LogStore, personas: Sequence[Persona], collection: str = PERSONAS) -> None:
    """Make the collection's personas exactly these."""
    rows: list[Row] = [{"_id": p.name, **msgspec.to_builtins(p)} for p in personas]
    store.replace(collection, {}, rows).whole()


def write_candidate(store: LogStore, mined: Sequence[Persona], reason: str) -> None:
    """Keep what was mined, with the sentence that says why so many, until it is published."""
    write_stored(store, mined, MINED)
    manifests.complete(store, *_CANDIDATE, count=len(mined), reason=reason)


def read_candidate(store: LogStore) -> tuple[list[Persona], str]:
    """What was mined last, and why so many; PersonaError when nothing was mined yet."""
    row = manifests.read(store, *_CANDIDATE)
    if row is None:
        raise PersonaError("nothing was mined yet: materialize mined_personas first")
    return read_stored(store, MINED), row["reason"]


def read_former(store: LogStore) -> list[Persona]:
    """The mined personas of all minings so far, by name."""
    row = manifests.read(store, *_FORMER)
    return [] if row is None else msgspec.json.decode(row["entries"], type=list[Persona])


def write_former(store: LogStore, personas: Sequence[Persona]) -> None:
    """Remember them, so that no name is given to another group."""
    entries = msgspec.json.encode(list(personas)).decode()
    manifests.complete(store, *_FORMER, count=len(personas), entries=entries)
