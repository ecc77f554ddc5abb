from __future__ import annotations

from pathlib import Path

from rec_assets.golden.columns import COLUMNS
from rec_assets.golden.readme import data_dictionary, write_readme
from rec_assets.golden.rows import golden_row
from rec_assets.golden.table import golden_table
from resources.records import TEXT_FIELDS
from tests.builders import example

ROWS = [golden_row(example(f"a{k}"), {}) for k in (3, 1, 2)]


def test_rows_are_ordered_by_id_and_typed_as_the_dictionary_says() -> None:
    table = golden_table(ROWS)
    assert table.column("example_id").to_pylist() == ["a1", "a2", "a3"]
    assert table.column_names == [column.name for column in COLUMNS]


def test_no_column_holds_text_or_an_embedding() -> None:
    texts = {field for fields in TEXT_FIELDS.values() for field in fields}
    assert not texts & set(ROWS[0])
    assert "embedding" not in ROWS[0]


def test_every_column_is_in_the_data_dictionary() -> None:
    page = data_dictionary()
    assert all(f"`{column.name}`" in page and column.meaning in page for column in COLUMNS)


def test_the_page_says_how_to_read_and_takes_the_place_of_the_former_one(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("| column |")
    write_readme(tmp_path)
    (page,) = tmp_path.iterdir()
    assert page.name == "_README.md"
    assert "pandas.read_parquet(folder)" in page.read_text("utf-8")
    assert data_dictionary() in page.read_text("utf-8")
