"""Category vectors, declared: learned from the context pool with the encoder that is served."""

import dagster as dg

from rec_api.prototype_rows import prototypes_row
from rec_assets.declared import arriving_asset
from rec_assets.pools import DAILY_CHAIN
from rec_assets.prototypes.prototype_fit import fit_prototypes
from rec_assets.tables import CATEGORY_VECTORS
from resources.context_pool import open_pool
from resources.dagster_resources import EncoderResource
from resources.log_store import LogStore
from resources.records import PROTOTYPES
from resources.settings import Settings


@arriving_asset(
    kinds={"scikitlearn"},
    pool=DAILY_CHAIN,
    personal_data="none",
    code_version="3",
)
def category_prototypes(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    log_store: dg.ResourceParam[LogStore],
    encoder: EncoderResource,
) -> dg.MaterializeResult[None]:
    """Two vectors per category, by meaning and by manner, from the pool's reference part."""
    opened = encoder.open()
    if opened is None:
        return dg.MaterializeResult(metadata={"why": "REC_ENCODER is none: no category from text"})
    reference = open_pool(settings.contexts, settings.home).reference
    texts = [context.text for context in reference]
    prototypes = fit_prototypes(
        texts,
        opened.encode(texts),
        [context.category for context in reference],
        [context.language for context in reference],
        opened.version,
    )
    log_store.put(PROTOTYPES, [prototypes_row(prototypes, len(reference))]).whole()
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(prototypes.vectors),
            "dagster/column_schema": CATEGORY_VECTORS,
            "texts": len(reference),
            "temperature": prototypes.temperature,
            "character_grams": len(prototypes.vocabulary.keys),
            "encoder": opened.version,
            "version": prototypes.version,
        }
    )
