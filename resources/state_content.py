"""What a log store holds, whole: counts and digests over every field of every row."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import orjson

from resources.log_store import LogStore
from resources.records import Row

ROWS: Final = 1000  # held in memory
COPY, COMPARE = "copying", "comparing"

# stage, collection, rows of the stage done, rows of the stage in all
Watch = Callable[[str, str, int, int], None]


class Content(NamedTuple):
    """All of a collection: how many rows, and SHA-256 over them as JSON in the order of `_id`."""

    rows: int
    digest: str


class Seen:
    """Counts the rows of a stage and tells the watcher."""

    def __init__(self, watch: Watch, stage: str, total: int) -> None:
        self._watch, self._stage, self._total, self._done = watch, stage, total, 0

    def of(self, collection: str) -> Callable[[int], None]:
        """What counts the rows of a collection."""

        def count(rows: int) -> None:
            self._done += rows
            self._watch(self._stage, collection, self._done, self._total)

        return count


def compare(
    source: LogStore, target: LogStore, collections: Sequence[str], watch: Watch
) -> tuple[dict[str, Content], dict[str, Content]]:
    """Both stores' collections, whole, by name."""
    sides = (source, target)
    total = sum(store.count(name) for name in collections for store in sides)
    seen, found = Seen(watch, COMPARE, total), (dict[str, Content](), dict[str, Content]())
    for name in collections:
        for store, contents in zip(sides, found, strict=True):
            contents[name] = content_of(store, name, seen.of(name))
    return found


def content_of(store: LogStore, collection: str, seen: Callable[[int], None]) -> Content:
    """Rows and digest of a collection, in bounded memory; `seen` gets the rows of each batch."""
    rows, digest = 0, hashlib.sha256()
    for batch in store.scan(collection, batch=ROWS):
        for row in batch:
            digest.update(canonical(row) + b"\n")
        rows += len(batch)
        seen(len(batch))
    return Content(rows, digest.hexdigest())


def canonical(row: Row) -> bytes:
    """The row as JSON with sorted keys: the same bytes for equal rows of any store."""
    return orjson.dumps(row, option=orjson.OPT_SORT_KEYS)
