"""Rows kept as typed columns: tens of bytes a row where a dict takes a thousand."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Table = dict[str, NDArray[Any]]
NUMBER, WHOLE, SMALL, WORD = "d", "q", "i", "w"  # typecodes, but for the word
_ABSENT: Final = -1


class Columns:
    """Grows row by row; a word is kept as its place among those met so far.

    `kinds` is for each name NUMBER (None becomes NaN), WHOLE, SMALL (below 2^31) or WORD.
    """

    def __init__(self, kinds: Mapping[str, str]) -> None:
        self._columns: dict[str, array[Any]] = {
            name: array("i" if kind == WORD else kind) for name, kind in kinds.items()
        }
        self._kinds = dict(kinds)
        self._words: dict[str, int] = {}

    def append(self, row: Mapping[str, Any]) -> None:
        """Add a row that has every column; what else it has is left out."""
        for name, column in self._columns.items():
            value, kind = row[name], self._kinds[name]
            if kind == WORD:
                known = self._words.setdefault
                value = _ABSENT if value is None else known(value, len(self._words))
            column.append(np.nan if value is None else value)

    def __len__(self) -> int:
        return len(next(iter(self._columns.values())))

    def __getitem__(self, name: str) -> NDArray[Any]:
        """A column of numbers, not copied: no row can be added while it is held."""
        column = self._columns[name]
        return np.frombuffer(column, dtype=column.typecode)

    def take(self, rows: NDArray[Any]) -> Table:
        """The columns at these rows in their order, words as texts or None; all rows are let go."""
        words = np.array([*self._words, None], dtype=object)  # the last one is _ABSENT's
        made: Table = {}
        for name in self._kinds:
            column = self[name][rows]
            del self._columns[name]
            made[name] = words[column] if self._kinds[name] == WORD else column
        return made
