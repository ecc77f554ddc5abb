from __future__ import annotations

import numpy as np
import pytest

from rec_assets.raw.columns import NUMBER, SMALL, WHOLE, WORD, Columns

KINDS = {"who": SMALL, "at": WHOLE, "length": NUMBER, "tone": WORD}


def made(*rows: tuple[int, int, float | None, str | None]) -> Columns:
    columns = Columns(KINDS)
    for row in rows:
        columns.append(dict(zip((*KINDS, "left out"), (*row, 1), strict=True)))
    return columns


def test_rows_come_back_as_columns_in_the_order_asked_for() -> None:
    columns = made((1, 1 << 60, 5, "formal"), (2, -7, None, None), (3, 0, 2.5, "formal"))
    assert len(columns) == 3
    assert columns["who"].tolist() == [1, 2, 3]
    table = columns.take(np.array([2, 1]))
    assert list(table) == [*KINDS]
    assert (table["who"].tolist(), table["at"].tolist()) == ([3, 2], [0, -7])
    assert table["length"][0] == 2.5
    assert np.isnan(table["length"][1])
    assert table["tone"].tolist() == ["formal", None]


def test_a_text_that_many_rows_have_is_kept_once() -> None:
    columns = made(*((n, n, n, "".join(["for", "mal"])) for n in range(50)))
    assert len({id(word) for word in columns.take(np.arange(50))["tone"]}) == 1


def test_columns_without_rows_are_empty() -> None:
    table = made().take(np.arange(0))
    assert [len(column) for column in table.values()] == [0, 0, 0, 0]


def test_a_number_that_is_too_large_is_refused() -> None:
    with pytest.raises(OverflowError):
        made((1 << 40, 0, None, None))
