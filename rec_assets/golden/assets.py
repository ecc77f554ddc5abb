"""Golden data, declared: H as a table for analysts and dashboards."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import dagster as dg

from rec_assets import manifests
from rec_assets.day_state import days_redone
from rec_assets.declared import daily_asset
from rec_assets.golden.behind import Behind, days_behind, examples_made
from rec_assets.golden.columns import COLUMNS
from rec_assets.golden.files import rows_written, write_parquet
from rec_assets.golden.index import begin_days, claim, days_to_send, index_behind, send_days
from rec_assets.golden.readme import data_dictionary, write_readme
from rec_assets.golden.rows import golden_batches, read_personas
from rec_assets.golden.table import golden_table
from rec_assets.tables import record_metadata
from rec_assets.training.assets import training_examples
from resources.dagster_resources import SearchIndexResource
from resources.log_store import LogStore
from resources.records import COLLECTIONS, Row
from resources.search_bulk import Sent
from resources.settings import Settings

OFF = "off: REC_ELASTICSEARCH_URL names no Elasticsearch"
NAMED = 5  # refused rows that are named


@daily_asset(
    deps=[training_examples],
    kinds={"parquet"},
    personal_data="ids",
    code_version="3",
    metadata={
        "dagster/column_schema": dg.TableSchema(
            [dg.TableColumn(c.name, c.type, description=c.meaning) for c in COLUMNS]
        )
    },
)
def golden_export(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    log_store: dg.ResourceParam[LogStore],
) -> dg.MaterializeResult[None]:
    """H without text or embeddings, one Parquet file a day, with its data dictionary."""
    day = context.partition_key
    folder, personas = settings.home / "golden", read_personas(log_store, settings)
    examples, redone = examples_made(log_store, day), days_redone(log_store, day)
    held = log_store.rows_by_day(COLLECTIONS["H"])
    behind = days_behind(log_store, [(held, rows_written(log_store, folder))], besides=redone)
    for each in [*behind.now, *redone]:  # the day itself comes last
        counts: Counter[str] = Counter()
        tables = _tables(golden_batches(log_store, each, personas), counts)
        path = write_parquet(tables, folder, each)
    write_readme(folder)
    manifests.complete(log_store, "golden_export", day, rows=counts.total(), examples=examples)
    return dg.MaterializeResult(
        metadata={
            **record_metadata(counts.total(), counts["simulation"]),
            "path": dg.MetadataValue.path(str(path)),
            "size_bytes": path.stat().st_size,
            **_behind_metadata(behind),
            "data_dictionary": dg.MetadataValue.md(data_dictionary()),
        }
    )


@daily_asset(
    deps=[golden_export],
    kinds={"elasticsearch"},
    personal_data="ids",
    code_version="2",
)
def golden_index(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    log_store: dg.ResourceParam[LogStore],
    search_index: SearchIndexResource,
) -> dg.MaterializeResult[None]:
    """The golden table and the requests in Elasticsearch, one index a month; nothing without it."""
    if not settings.elasticsearch_url:
        return dg.MaterializeResult(metadata={"state": OFF})
    days = days_to_send(log_store, context.partition_key)
    begin_days(log_store, days)  # before anything can fail, a setting that cannot be used too
    with search_index.opened() as index:
        assert index is not None
        claim(index, log_store)
        behind = index_behind(index, log_store, besides=days)
        begin_days(log_store, behind.now)
        personas = read_personas(log_store, settings)
        sent = send_days(index, log_store, sorted([*days, *behind.now]), personas)
        told = _sent_metadata(sent) | _behind_metadata(behind)
        return dg.MaterializeResult(metadata=told | {"address": index.address})


def _tables(batches: Iterator[list[Row]], counts: Counter[str]) -> Iterator[Any]:
    """The rows as tables, counted by origin on the way."""
    for batch in batches:
        counts.update(row["origin"] for row in batch)
        yield golden_table(batch)


def _behind_metadata(behind: Behind) -> dict[str, Any]:
    return {"days_that_differed": behind.now, "days_left_to_the_next_run": behind.later}


def _sent_metadata(sent: dict[str, Sent]) -> dict[str, Any]:
    refused = [(day, row) for day, part in sent.items() for row in part.refused]
    return {
        "days": list(sent),
        "written": sum(part.written for part in sent.values()),
        "removed": sum(part.removed for part in sent.values()),
        "refused": len(refused),
        "refused_rows": [f"{day} {row.id}: {row.reason}" for day, row in refused[:NAMED]],
    }
