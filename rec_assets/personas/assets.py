"""Personas, declared: mined from raw data, then published for people and bots."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import msgspec

from rec_assets.declared import arriving_asset
from rec_assets.personas.mining import ever, mine_personas
from rec_assets.personas.persona import Persona, read_personas, write_personas
from rec_assets.personas.plots import persona_bars
from rec_assets.personas.publication import with_manual
from rec_assets.personas.stored import (
    read_candidate,
    read_former,
    write_candidate,
    write_former,
    write_stored,
)
from rec_assets.plots import markdown_image
from rec_assets.pools import RAW_EXPORTS
from rec_assets.raw.activity import read_activity
from rec_assets.raw.assets import raw_corporate_data
from rec_assets.raw.field_mapping import vocabulary_of
from rec_assets.tables import column_schema
from resources.log_store import LogStore
from resources.records import RAW, Row
from resources.settings import Settings


@arriving_asset(
    deps=[raw_corporate_data],
    kinds={"scikitlearn"},
    pool=RAW_EXPORTS,
    personal_data="text",  # prompts that many wrote are quoted
    code_version="2",
    metadata={"dagster/column_schema": column_schema(Persona)},
)
def mined_personas(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    log_store: dg.ResourceParam[LogStore],
) -> dg.MaterializeResult[None]:
    """Groups of people as bots need to know them, mined from the raw store; not published yet."""
    mined = mine_personas(
        read_activity(_envelopes(log_store), vocabulary_of(settings)),
        seed=settings.seed,
        previous=_edited(settings.personas_path),
        former=read_former(log_store),
    )
    found = [persona for persona in mined.personas if persona.origin == "mined"]
    write_candidate(log_store, found, mined.reason)
    return dg.MaterializeResult(metadata=_seen(found, mined.reason))


@arriving_asset(
    deps=[mined_personas],
    kinds={"json"},
    pool=RAW_EXPORTS,
    personal_data="text",  # prompts that many wrote are quoted
    code_version="4",
    metadata={"dagster/column_schema": column_schema(Persona)},
)
def personas(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    log_store: dg.ResourceParam[LogStore],
) -> dg.MaterializeResult[None]:
    """What was mined last beside what people wrote: the list that bots are drawn from.

    To materialize it alone lets through what a check held back.
    """
    path = settings.personas_path
    edited = _edited(path)
    found, reason = read_candidate(log_store)
    published = with_manual(found, edited)
    write_former(log_store, ever(read_former(log_store), edited, found))
    write_personas(path, published)
    write_stored(log_store, published)
    return dg.MaterializeResult(
        metadata={"path": dg.MetadataValue.path(str(path)), **_seen(published, reason)}
    )


def _edited(path: Path) -> list[Persona]:
    return read_personas(path) if path.exists() else []


def _envelopes(store: LogStore) -> Iterator[Row]:
    for batch in store.scan(RAW):
        yield from batch


def _seen(listed: Sequence[Persona], reason: str) -> Mapping[str, Any]:
    """What the interface shows of a list of personas."""
    told = {
        "dagster/row_count": len(listed),
        "why": reason,
        "personas": dg.MetadataValue.json([msgspec.to_builtins(p) for p in listed]),
    }
    if not listed:
        return told
    return told | {"bars": dg.MetadataValue.md(markdown_image(persona_bars(listed)))}
