"""Raw exports, declared: each file of the inbox, stored as it came."""

from pathlib import Path

import dagster as dg

from rec_assets.declared import arriving_asset
from rec_assets.partitions import raw_files
from rec_assets.pools import RAW_EXPORTS
from rec_assets.progress import counter
from rec_assets.raw.field_mapping import vocabulary_of
from rec_assets.raw.inbox_names import path_of
from rec_assets.raw.load import FileChanged
from rec_assets.raw.replacement import load_in_place, one_at_a_time
from rec_assets.tables import RAW_ROWS
from resources.log_store import LogStore
from resources.settings import Settings

READ_AGAIN = 2  # times, where somebody writes into a file while it is read
SETTLES = 5.0  # seconds before


@arriving_asset(
    partitions_def=raw_files,
    kinds={"json"},
    pool=RAW_EXPORTS,
    personal_data="text",
    code_version="2",
)
def raw_corporate_data(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    log_store: dg.ResourceParam[LogStore],
) -> dg.MaterializeResult[None]:
    """One export file, row by row as it came; what cannot be used kept aside with its reason."""
    name = context.partition_key
    path = path_of(settings.inbox, name)
    if Path(name).name != name or not path.is_file():  # a name, never a path elsewhere
        raise _refusal(f"{name} is not in the inbox ({settings.inbox}): drop it there again")
    if not path.stat().st_size:
        raise _refusal(f"{name} is empty (0 bytes), what stands of it stays: drop it there again")
    told = counter(f"rows of {name}", None, context.log.info)
    try:
        with one_at_a_time(settings.home):
            done = load_in_place(path, log_store, name, vocabulary_of(settings), told)
    except (FileNotFoundError, PermissionError) as error:
        raise _refusal(f"{name} cannot be read ({error.strerror}): drop it there again") from error
    except FileChanged as changed:
        context.log.warning(f"{changed}; no row of the mixture stays")
        raise dg.RetryRequested(max_retries=READ_AGAIN, seconds_to_wait=SETTLES) from changed
    summary = done.summary
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": summary.rows,
            "dagster/column_schema": RAW_ROWS,
            "stored_new": summary.stored_new,
            "removed": done.removed,
            "same_content_as": done.same_content_as,
            "content_hash": summary.content_hash,
            "kinds": dict(summary.kinds),
            "quarantined": sum(summary.quarantined.values()),
            "quarantined_by_reason": summary.quarantined_by_reason(),
            "unknown_events": dict(summary.unknown_events),
            "repeated_insert_ids": summary.repeated_insert_ids,
        }
    )


def _refusal(sentence: str) -> dg.Failure:
    return dg.Failure(sentence, allow_retries=False)
