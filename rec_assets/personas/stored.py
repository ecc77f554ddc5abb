"""The personas as they stand in the store."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from rec_assets.personas.persona import Persona
from resources.log_store import LogStore
from resources.records import PERSONAS, Row


def read_stored(store: LogStore) -> list[Persona]:
    """All personas, most people first."""
    rows = [row for batch in store.scan(PERSONAS) for row in batch]
    bare = ({name: value for name, value in row.items() if name != "_id"} for row in rows)
    found = [msgspec.convert(row, Persona) for row in bare]
    return sorted(found, key=lambda persona: (-persona.share, persona.name))


def write_stored(store: LogStore, personas: Sequence[Persona]) -> None:
    """Make the store's personas exactly these."""
    rows: list[Row] = [{"_id": p.name, **msgspec.to_builtins(p)} for p in personas]
    store.replace(PERSONAS, {}, rows)
