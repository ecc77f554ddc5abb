"""Counts ids that come a second time, exactly and in bounded memory."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from typing import Self


class SeenIds:
    """The ids seen so far, as 64-bit digests in SQLite's own temporary file (gone when closed)."""

    def __init__(self) -> None:
        # The empty name is a private database that spills to disk beyond its cache.
        self._seen = sqlite3.connect("", isolation_level=None)
        self._seen.execute("PRAGMA journal_mode = OFF")
        self._seen.execute("CREATE TABLE seen (id INTEGER PRIMARY KEY)")

    def repeated(self, ids: Sequence[str]) -> int:
        """How many of these were seen before or stand twice among them; they are seen now."""
        keys = [(_key(text),) for text in ids]
        self._seen.execute("BEGIN")
        done = self._seen.executemany("INSERT OR IGNORE INTO seen VALUES (?)", keys)
        self._seen.execute("COMMIT")
        return len(keys) - max(done.rowcount, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._seen.close()


def _key(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
