"""The golden table: H flattened for analysts, as Arrow; the same rows give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from rec_assets.golden.columns import COLUMNS, Column
from resources.records import Row
from resources.whole_files import draft_of

PARTITION: Final = "day"  # also in the names of the folders


def golden_table(rows: Iterable[Row]) -> Any:
    """A pyarrow.Table with the columns of the data dictionary, golden rows by example id.

    `day` has the type that pyarrow gives the folders' names: else they do not read as one table.
    """
    import pyarrow as pa

    ordered = sorted(rows, key=lambda row: str(row["example_id"]))
    fields = [pa.field(c.name, _arrow_type(c), metadata={"meaning": c.meaning}) for c in COLUMNS]
    return pa.Table.from_pylist(ordered, schema=pa.schema(fields))


def write_parquet(tables: Iterable[Any], folder: Path, day: str) -> Path:
    """Write `day=…/part-0.parquet` under the folder in one step; the file's path.

    A row group for each table; of no tables, an empty file.
    """
    import pyarrow.parquet as pq

    target = folder / f"day={day}" / "part-0.parquet"
    target.parent.mkdir(parents=True, exist_ok=True)
    empty = golden_table([])
    with (
        draft_of(target) as draft,
        pq.ParquetWriter(draft, empty.schema, compression="zstd") as writer,
    ):
        for table in tables:
            writer.write_table(table)
    return target


def rows_written(folder: Path) -> dict[str, int]:
    """How many rows each day's file says that it has; -1: cannot be read, or has other columns."""
    schema = golden_table([]).schema
    return {
        path.parent.name.removeprefix("day="): _rows_of(path, schema)
        for path in sorted(folder.glob("day=*/part-0.parquet"))
    }


def _rows_of(path: Path, schema: Any) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            return int(file.metadata.num_rows) if file.schema_arrow.equals(schema) else -1
    except (pa.ArrowInvalid, OSError):  # cut short: it is written again
        return -1


def _arrow_type(column: Column) -> Any:
    import pyarrow as pa

    if column.name == PARTITION:
        return pa.dictionary(pa.int32(), pa.string())
    simple = {
        "string": pa.string(),
        "int64": pa.int64(),
        "double": pa.float64(),
        "bool": pa.bool_(),
        "list<string>": pa.list_(pa.string()),
        "list<double>": pa.list_(pa.float64()),
    }
    return simple[column.type]
