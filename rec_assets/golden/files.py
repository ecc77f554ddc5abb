"""The golden files, one a day: how they are written, and how many rows each of them has."""

from __future__ import annotations

import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from rec_assets import manifests
from rec_assets.golden.table import PARTITION, golden_table
from resources.log_store import LogStore
from resources.whole_files import draft_of

ASSET: Final = "golden_file"  # of the manifests that keep how many rows a file has
DAY: Final = f"{PARTITION}="
PART: Final = "part-0.parquet"
FILES: Final = f"{DAY}*/{PART}"


def write_parquet(tables: Iterable[Any], folder: Path, day: str) -> Path:
    """Write `day=…/part-0.parquet` under the folder in one step; the file's path.

    A row group for each table; of no tables, an empty file.
    """
    import pyarrow.parquet as pq

    target = folder / f"{DAY}{day}" / PART
    target.parent.mkdir(parents=True, exist_ok=True)
    empty = golden_table([])
    with (
        draft_of(target) as draft,
        pq.ParquetWriter(draft, empty.schema, compression="zstd") as writer,
    ):
        for table in tables:
            writer.write_table(table)
    return target


def rows_written(store: LogStore, folder: Path) -> dict[str, int]:
    """How many rows each day's file says that it has; -1: cannot be read, or has other columns.

    To decode a footer takes ten times as long as to see that it is the same as the last time.
    """
    paths = {path.parent.name.removeprefix(DAY): path for path in sorted(folder.glob(FILES))}
    kept, schema = manifests.read_days(store, ASSET, list(paths)), golden_table([]).schema
    columns, found = _digest_of(schema), dict[str, int]()
    for day, path in paths.items():
        row = kept.get(day)
        if row and row["columns"] == columns and row["footer"] == _footer_of(path):
            found[day] = row["rows"]
            continue
        found[day] = rows = _rows_of(path, schema)
        if rows >= 0:
            footer = _footer_of(path)
            manifests.complete(store, ASSET, day, rows=rows, columns=columns, footer=footer)
    return found


def _footer_of(path: Path) -> str:
    """A digest of the file's length and footer (what each column holds, and where); "": unread."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - 8, 0))  # the footer's length and PAR1 end the file
            length = int.from_bytes(file.read(4), "little")
            file.seek(max(size - 8 - length, 0))
            return sha256(size.to_bytes(8, "little") + file.read()).hexdigest()
    except OSError:
        return ""


def _rows_of(path: Path, schema: Any) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            return int(file.metadata.num_rows) if file.schema_arrow.equals(schema) else -1
    except (pa.ArrowInvalid, OSError):  # cut short: it is written again
        return -1


def _digest_of(schema: Any) -> str:
    """Tells columns of another name or type from those of today."""
    told = schema.to_string(show_field_metadata=False, show_schema_metadata=False)
    return sha256(told.encode()).hexdigest()
