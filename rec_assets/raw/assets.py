"""Raw exports, declared: each file of the inbox, stored as it came."""

import dagster as dg

from rec_assets.declared import arriving_asset
from rec_assets.partitions import raw_files
from rec_assets.pools import RAW_EXPORTS
from rec_assets.progress import counter
from rec_assets.raw.field_mapping import vocabulary_of
from rec_assets.raw.load import load_file
from resources.log_store import LogStore
from resources.settings import Settings


@arriving_asset(
    partitions_def=raw_files,
    group_name="raw",
    kinds={"json"},
    pool=RAW_EXPORTS,
    personal_data="text",
    code_version="1",
)
def raw_corporate_data(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    log_store: dg.ResourceParam[LogStore],
) -> dg.MaterializeResult[None]:
    """One export file, row by row as it came; what cannot be used kept aside with its reason."""
    path = settings.inbox / context.partition_key
    if path.name != context.partition_key or not path.is_file():  # a name, never a path elsewhere
        raise dg.Failure(
            f"{context.partition_key} is not in the inbox ({settings.inbox}): drop it there again",
            allow_retries=False,
        )
    told = counter(f"rows of {path.name}", None, context.log.info)
    vocabulary = vocabulary_of(settings)
    summary = load_file(path, log_store, context.partition_key, vocabulary, told)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": summary.rows,
            "stored_new": summary.stored_new,
            "content_hash": summary.content_hash,
            "kinds": dict(summary.kinds),
            "quarantined": sum(summary.quarantined.values()),
            "quarantined_by_reason": summary.quarantined_by_reason(),
            "unknown_events": dict(summary.unknown_events),
            "repeated_insert_ids": summary.repeated_insert_ids,
        }
    )
