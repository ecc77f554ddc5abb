from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from rec_assets.golden import files
from rec_assets.golden.files import rows_written, write_parquet
from rec_assets.golden.rows import golden_row
from rec_assets.golden.table import golden_table
from resources.log_store import LogStore
from tests.builders import example

DAY = "2026-01-05"
ROWS = [golden_row(example(f"a{k}"), {}) for k in (3, 1, 2)]


def test_the_same_rows_in_another_order_give_the_same_bytes(tmp_path: Path) -> None:
    one = write_parquet([golden_table(ROWS)], tmp_path / "one", DAY)
    other = write_parquet([golden_table(ROWS[::-1])], tmp_path / "other", DAY)
    assert one.read_bytes() == other.read_bytes()
    assert pq.read_table(one).num_rows == 3


def test_an_empty_day_is_a_table_without_rows(tmp_path: Path) -> None:
    path = write_parquet([], tmp_path, DAY)
    assert pq.read_table(path).num_rows == 0


def test_the_rows_of_each_file_are_told_without_reading_them(
    store: LogStore, tmp_path: Path
) -> None:
    for day, tables in (("05", [golden_table(ROWS)] * 2), ("06", []), ("07", [golden_table(ROWS)])):
        path = write_parquet(tables, tmp_path, f"2026-01-{day}")
    path.write_bytes(path.read_bytes()[:-9])
    assert rows_written(store, tmp_path) == {"2026-01-05": 6, "2026-01-06": 0, "2026-01-07": -1}
    assert rows_written(store, tmp_path / "nothing") == {}


def test_a_file_is_decoded_once_until_another_one_lies_in_its_place(
    store: LogStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded, decode = list[Path](), files._rows_of
    monkeypatch.setattr(files, "_rows_of", lambda *of: decoded.append(of[0]) or decode(*of))
    path = write_parquet([golden_table(ROWS)], tmp_path, DAY)
    whole = path.read_bytes()
    for content, rows in ((whole, 3), (whole, 3), (whole[:-9], -1), (b"PAR1", -1), (b"", -1)):
        path.write_bytes(content)
        assert rows_written(store, tmp_path) == {DAY: rows}
    assert decoded == [path] * 4
    path.write_bytes(whole)
    assert rows_written(store, tmp_path) == {DAY: 3}
    assert decoded == [path] * 4
    write_parquet([golden_table(ROWS[:2])], tmp_path, DAY)
    assert rows_written(store, tmp_path) == {DAY: 2}
    assert decoded == [path] * 5


def test_a_file_with_other_columns_counts_as_one_that_is_to_be_written_again(
    store: LogStore, tmp_path: Path
) -> None:
    path = write_parquet([golden_table(ROWS)], tmp_path, DAY)
    table = pq.read_table(path)
    at = table.schema.get_field_index("day")
    former = table.set_column(at, "day", table["day"].cast("string"))
    pq.write_table(former, path)
    assert rows_written(store, tmp_path) == {DAY: -1}


def test_a_file_that_a_version_with_other_columns_wrote_is_to_be_written_again(
    store: LogStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_parquet([golden_table(ROWS)], tmp_path, DAY)
    assert rows_written(store, tmp_path) == {DAY: 3}
    fewer = golden_table([]).drop_columns(["slate"])
    monkeypatch.setattr(files, "golden_table", lambda _: fewer)
    assert rows_written(store, tmp_path) == {DAY: -1}
