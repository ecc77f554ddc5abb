"""The golden table: H flattened for analysts, as Arrow; the same rows give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from rec_assets.golden.columns import COLUMNS, Column
from resources.records import Row

PARTITION: Final = "day"  # also in the names of the folders


def golden_table(rows: Iterable[Row]) -> Any:
    """A pyarrow.Table with the columns of the data dictionary, golden rows by example id.

    `day` has the type that pyarrow gives the folders' names: else they do not read as one table.
    """
    import pyarrow as pa

    ordered = sorted(rows, key=lambda row: str(row["example_id"]))
    fields = [pa.field(c.name, _arrow_type(c), metadata={"meaning": c.meaning}) for c in COLUMNS]
    return pa.Table.from_pylist(ordered, schema=pa.schema(fields))


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
