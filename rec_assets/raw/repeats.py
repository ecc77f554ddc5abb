"""Counts ids that come a second time, exactly and in bounded memory."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterable
from typing import Final, Self

import numpy as np

_BYTES: Final = 8  # of an id's hash: two of a hundred million ids share one once in 3,700 files
AT_ONCE: Final = 4_000_000  # hashes that are sorted in memory: 32 MB


class SeenIds:
    """The ids seen so far, as 64-bit hashes in a temporary file (gone when closed)."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - __exit__ closes it
        self._count = 0

    def add(self, ids: Iterable[str]) -> None:
        """See these ids."""
        hashes = array("q", map(hash, ids))  # another one in each process: only counts come of it
        self._file.write(hashes.tobytes())
        self._count += len(hashes)

    def repeated(self) -> int:
        """How many of the ids had been seen before."""
        parts = 1 + self._count // AT_ONCE
        return self._count - sum(self._distinct(part, parts) for part in range(parts))

    def _distinct(self, part: int, parts: int) -> int:
        """Different hashes among those with this remainder: all that are equal have the same."""
        self._file.seek(0)
        kept = []
        while block := self._file.read(_BYTES * (AT_ONCE // 4)):
            hashes = np.frombuffer(block, dtype=np.int64)
            kept.append(hashes[hashes % parts == part] if parts > 1 else hashes)
        return len(np.unique(np.concatenate(kept))) if kept else 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()
