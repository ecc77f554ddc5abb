"""Personas, declared: mined from raw data."""

from collections.abc import Iterator

import dagster as dg
import msgspec

from rec_assets.declared import arriving_asset
from rec_assets.personas.mining import mine_personas
from rec_assets.personas.persona import Persona, read_personas, write_personas
from rec_assets.personas.stored import read_former, write_former, write_stored
from rec_assets.plots import bars, markdown_image
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
    group_name="personas",
    kinds={"scikitlearn"},
    pool=RAW_EXPORTS,
    personal_data="none",
    code_version="2",
    metadata={"dagster/column_schema": column_schema(Persona)},
)
def personas(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    log_store: dg.ResourceParam[LogStore],
) -> dg.MaterializeResult[None]:
    """Groups of people as bots need to know them, mined from the raw store; edited by people."""
    path = settings.personas_path
    previous = read_personas(path) if path.exists() else []
    mined = mine_personas(
        read_activity(_envelopes(log_store), vocabulary_of(settings)),
        seed=settings.seed,
        previous=previous,
        former=read_former(log_store),
    )
    write_former(log_store, mined.former)
    write_personas(path, mined.personas)
    write_stored(log_store, mined.personas)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(mined.personas),
            "why": mined.reason,
            "path": dg.MetadataValue.path(str(path)),
            "personas": dg.MetadataValue.json([msgspec.to_builtins(p) for p in mined.personas]),
            "categories": dg.MetadataValue.md(
                markdown_image(bars("category", {p.name: p.category for p in mined.personas}))
            ),
            "intensities": dg.MetadataValue.md(
                markdown_image(bars("intensity", {p.name: p.intensity for p in mined.personas}))
            ),
        }
    )


def _envelopes(store: LogStore) -> Iterator[Row]:
    for batch in store.scan(RAW):
        yield from batch
