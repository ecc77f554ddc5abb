"""Texts that must wait until their neighbours are known, kept out of memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Self

import orjson


class KeptTexts:
    """An input and its outputs by number, in SQLite's own temporary file (gone when closed)."""

    def __init__(self) -> None:
        # The empty name is a private database that spills to disk beyond its cache.
        self._kept = sqlite3.connect("", isolation_level=None)
        self._kept.execute("PRAGMA journal_mode = OFF")
        self._kept.execute("CREATE TABLE kept (number INTEGER PRIMARY KEY, texts BLOB)")
        self._kept.execute("BEGIN")

    def put(self, number: int, text: str, outputs: Sequence[str]) -> None:
        """Keep them under a number that is new."""
        body = orjson.dumps([_whole(text), [_whole(output) for output in outputs]])
        self._kept.execute("INSERT INTO kept VALUES (?, ?)", (number, body))

    def get(self, number: int) -> tuple[str, list[str]]:
        """The input and the outputs; KeyError for a number that was never put."""
        found = self._kept.execute("SELECT texts FROM kept WHERE number = ?", (number,)).fetchone()
        if found is None:
            raise KeyError(number)
        text, outputs = orjson.loads(found[0])
        return text, outputs

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._kept.close()


def _whole(text: str) -> str:
    """The text without half characters, which no UTF-8 holds."""
    return text.encode("utf-8", "replace").decode("utf-8")
