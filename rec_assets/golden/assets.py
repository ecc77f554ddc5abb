"""Golden data, declared: H as a table for analysts and dashboards."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import dagster as dg

from rec_assets import manifests
from rec_assets.day_state import days_touched
from rec_assets.declared import daily_asset
from rec_assets.golden.columns import COLUMNS
from rec_assets.golden.table import (
    FIELDS,
    ROWS_AT_ONCE,
    data_dictionary,
    golden_table,
    write_parquet,
)
from rec_assets.tables import record_metadata
from rec_assets.training.assets import training_examples
from resources.log_store import LogStore
from resources.records import COLLECTIONS
from resources.settings import Settings
from resources.whole_files import write_whole

H = COLLECTIONS["H"]


@daily_asset(
    deps=[training_examples],
    group_name="golden",
    kinds={"parquet"},
    personal_data="ids",
    code_version="1",
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
    folder = settings.home / "golden"
    for touched in days_touched(log_store, [H], day):  # the day itself comes last
        counts: Counter[str] = Counter()
        path = write_parquet(_tables(log_store, touched, counts), folder, touched)
    write_whole(folder / "README.md", data_dictionary())
    manifests.complete(log_store, "golden_export", day, rows=counts.total())
    return dg.MaterializeResult(
        metadata={
            **record_metadata(counts.total(), counts["simulation"]),
            "path": dg.MetadataValue.path(str(path)),
            "size_bytes": path.stat().st_size,
            "data_dictionary": dg.MetadataValue.md(data_dictionary()),
        }
    )


def _tables(store: LogStore, day: str, counts: Counter[str]) -> Iterator[Any]:
    """The day's rows as tables, by example id; counted by origin on the way."""
    for batch in store.scan(H, days=[day], fields=FIELDS, batch=ROWS_AT_ONCE):
        counts.update(row["origin"] for row in batch)
        yield golden_table(batch)
