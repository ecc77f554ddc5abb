"""Golden data, declared: H as a table for analysts and dashboards."""

import dagster as dg

from rec_assets import manifests
from rec_assets.day_state import days_touched
from rec_assets.golden.columns import COLUMNS
from rec_assets.golden.table import data_dictionary, golden_table, write_parquet
from rec_assets.partitions import daily
from rec_assets.tables import record_metadata
from rec_assets.training.assets import training_examples
from resources.log_store import LogStore
from resources.records import COLLECTIONS
from resources.settings import Settings
from resources.whole_files import write_whole

H = COLLECTIONS["H"]


@dg.asset(
    deps=[training_examples],
    partitions_def=daily,
    group_name="golden",
    kinds={"parquet"},
    owners=["team:data-platform"],
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
        rows = [row for batch in log_store.scan(H, days=[touched]) for row in batch]
        path = write_parquet(golden_table(rows), folder, touched)
    write_whole(folder / "README.md", data_dictionary())
    manifests.complete(log_store, "golden_export", day, rows=len(rows))
    simulated = sum(row["origin"] == "simulation" for row in rows)
    return dg.MaterializeResult(
        metadata={
            **record_metadata(len(rows), simulated),
            "path": dg.MetadataValue.path(str(path)),
            "size_bytes": path.stat().st_size,
            "data_dictionary": dg.MetadataValue.md(data_dictionary()),
        }
    )
