"""A collection made equal to another store's in one ordered pass over both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from resources.log_store import LogStore
from resources.records import Row
from resources.state_content import ROWS, canonical


class Changes(NamedTuple):
    """What a merge did to the target's rows."""

    added: int = 0
    replaced: int = 0
    removed: int = 0

    def plus(self, other: Changes) -> Changes:
        """Both together."""
        return Changes(*(one + more for one, more in zip(self, other, strict=True)))


def merge(
    source: LogStore, target: LogStore, collection: str, seen: Callable[[int], None]
) -> Changes:
    """Make the target's collection hold the source's rows; one ordered pass over both."""
    there = _rows(target, collection)
    held = next(there, None)
    changes = Changes()
    for batch in source.scan(collection, batch=ROWS):
        missing, other, extra = list[Row](), list[Row](), list[str]()
        for row in batch:
            while held is not None and held["_id"] < row["_id"]:
                extra.append(held["_id"])
                held = next(there, None)
            if held is None or held["_id"] != row["_id"]:
                missing.append(row)
                continue
            if canonical(held) != canonical(row):
                other.append(row)
            held = next(there, None)
        changes = changes.plus(_write(target, collection, missing, other, extra))
        seen(len(batch))
    while held is not None:
        changes = changes.plus(_write(target, collection, [], [], [held["_id"]]))
        held = next(there, None)
    return changes


def _write(
    target: LogStore, collection: str, missing: list[Row], other: list[Row], extra: list[str]
) -> Changes:
    added = target.append(collection, missing).whole() if missing else 0
    replaced = target.put(collection, other).whole() if other else 0
    removed = sum(target.delete(collection, {"_id": identity}) for identity in extra)
    return Changes(added, replaced, removed)


def _rows(store: LogStore, collection: str) -> Iterator[Row]:
    for batch in store.scan(collection, batch=ROWS):
        yield from batch
