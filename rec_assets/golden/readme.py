"""What lies beside the golden files: how to read them, and their data dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from rec_assets.golden.columns import COLUMNS
from resources.whole_files import write_whole

NAME: Final = "_README.md"  # who reads the folder as a table passes names with _ over
FORMER: Final = "README.md"  # was taken for a Parquet file
READ: Final = (
    "This folder is one table: `pandas.read_parquet(folder)`, "
    '`pandas.read_parquet(folder, filters=[("day", "==", "2026-01-05")])`, '
    "`pyarrow.parquet.read_table(folder)`.\n"
)


def write_readme(folder: Path) -> None:
    """Write `_README.md`, in place of the README.md of former versions."""
    write_whole(folder / NAME, f"{READ}\n{data_dictionary()}")
    (folder / FORMER).unlink(missing_ok=True)


def data_dictionary(columns: Sequence[Any] = COLUMNS) -> str:
    """The columns as a Markdown table."""
    lines = ["| column | type | meaning |", "|---|---|---|"]
    lines += [f"| `{c.name}` | {c.type} | {c.meaning} |" for c in columns]
    return "\n".join(lines) + "\n"
