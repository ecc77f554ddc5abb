"""Which content each file of the inbox brought: one row a name, complete once its rows stand alone.

The row is written before the first of the file's rows, so that none is ever nobody's, and again
after the last one of the former content is gone: a kill in between is repaired by repeating.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from resources.log_store import LogStore
from resources.records import RAW_FILES, from_row, to_row


class RawFile(msgspec.Struct, frozen=True, kw_only=True):
    """What stands of a file. `former`: contents whose rows are still to be removed."""

    name: str = msgspec.field(name="_id")
    content_hash: str | None  # None: what was read of it was taken out again
    complete: bool = False
    former: list[str] = []
    rows: int = 0
    quarantined: int = 0


def read(store: LogStore, name: str) -> RawFile | None:
    """What stands of the file; None when it never came."""
    row = store.get(RAW_FILES, [name]).get(name)
    return None if row is None else from_row(RawFile, row)


def read_all(store: LogStore) -> list[RawFile]:
    """What stands of every file that ever came, by name."""
    return [from_row(RawFile, row) for batch in store.scan(RAW_FILES) for row in batch]


def write(store: LogStore, file: RawFile) -> None:
    """Note it."""
    store.put(RAW_FILES, [to_row(file)]).whole()


def with_content(store: LogStore, content_hash: str) -> Iterator[RawFile]:
    """The files that bring this content, by name."""
    for batch in store.scan(RAW_FILES, where={"content_hash": content_hash}):
        yield from (from_row(RawFile, row) for row in batch)
