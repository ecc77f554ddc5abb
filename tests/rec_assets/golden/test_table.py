from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from rec_assets.golden.columns import COLUMNS
from rec_assets.golden.readme import data_dictionary, write_readme
from rec_assets.golden.rows import golden_row
from rec_assets.golden.table import golden_table, rows_written, write_parquet
from resources.records import TEXT_FIELDS
from tests.builders import example

ROWS = [golden_row(example(f"a{k}"), {}) for k in (3, 1, 2)]


def test_rows_are_ordered_by_id_and_typed_as_the_dictionary_says() -> None:
    table = golden_table(ROWS)
    assert table.column("example_id").to_pylist() == ["a1", "a2", "a3"]
    assert table.column_names == [column.name for column in COLUMNS]


def test_the_same_rows_in_another_order_give_the_same_bytes(tmp_path: Path) -> None:
    one = write_parquet([golden_table(ROWS)], tmp_path / "one", "2026-01-05")
    other = write_parquet([golden_table(ROWS[::-1])], tmp_path / "other", "2026-01-05")
    assert one.read_bytes() == other.read_bytes()
    assert pq.read_table(one).num_rows == 3


def test_no_column_holds_text_or_an_embedding() -> None:
    texts = {field for fields in TEXT_FIELDS.values() for field in fields}
    assert not texts & set(ROWS[0])
    assert "embedding" not in ROWS[0]


def test_every_column_is_in_the_data_dictionary() -> None:
    page = data_dictionary()
    assert all(f"`{column.name}`" in page and column.meaning in page for column in COLUMNS)


def test_an_empty_day_is_a_table_without_rows(tmp_path: Path) -> None:
    path = write_parquet([], tmp_path, "2026-01-05")
    assert pq.read_table(path).num_rows == 0


def test_the_rows_of_each_file_are_told_without_reading_them(tmp_path: Path) -> None:
    for day, tables in (("05", [golden_table(ROWS)] * 2), ("06", []), ("07", [golden_table(ROWS)])):
        path = write_parquet(tables, tmp_path, f"2026-01-{day}")
    path.write_bytes(path.read_bytes()[:-9])
    assert rows_written(tmp_path) == {"2026-01-05": 6, "2026-01-06": 0, "2026-01-07": -1}
    assert rows_written(tmp_path / "nothing") == {}


def test_a_file_with_other_columns_counts_as_one_that_is_to_be_written_again(
    tmp_path: Path,
) -> None:
    path = write_parquet([golden_table(ROWS)], tmp_path, "2026-01-05")
    table = pq.read_table(path)
    at = table.schema.get_field_index("day")
    former = table.set_column(at, "day", table["day"].cast("string"))
    pq.write_table(former, path)
    assert rows_written(tmp_path) == {"2026-01-05": -1}


def test_the_page_says_how_to_read_and_takes_the_place_of_the_former_one(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("| column |")
    write_readme(tmp_path)
    (page,) = tmp_path.iterdir()
    assert page.name == "_README.md"
    assert "pandas.read_parquet(folder)" in page.read_text("utf-8")
    assert data_dictionary() in page.read_text("utf-8")
