"""Which content each file of the inbox brought: one row a name, complete once its rows stand alone.

The row is written before the first of the file's rows, so that none is ever nobody's, and again
after the last one of the former content is gone: a kill in between is repaired by repeating.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from rec_assets.raw.inbox_names import name_of
from resources.log_store import LogStore
from resources.records import QUARANTINE, RAW, RAW_FILES, from_row, to_row

SHOWN: Final = 8  # hex digits of the hash in a row's `source`


class Content(msgspec.Struct, frozen=True):
    """The bytes of a file, and the `source` that all rows which they brought bear."""

    content_hash: str
    source: str


class RawFile(msgspec.Struct, frozen=True, kw_only=True):
    """What stands of a file. `former`: contents whose rows are still to be removed."""

    name: str = msgspec.field(name="_id")
    content_hash: str | None  # None: what was read of it was taken out again
    source: str
    complete: bool = False
    former: list[Content] = []
    rows: int = 0
    quarantined: int = 0
    taken_back: int = 0  # times that what was read of it was taken out again

    def contents(self) -> list[Content]:
        """All that rows of it may have come from."""
        own = [Content(self.content_hash, self.source)] if self.content_hash else []
        return [*own, *self.former]

    @property
    def brought(self) -> bool:
        """Whether a row of it stands, as noted; of a load that was cut short see `counted`."""
        return self.rows + self.quarantined > 0

    @property
    def times_emptied(self) -> int:
        """`taken_back`; once at least where nothing stands: it was not always counted."""
        return max(self.taken_back, int(self.content_hash is None))

    def emptied(self, former: list[Content]) -> RawFile:
        """The file as it is noted before what was read of it is taken out: to be loaded anew."""
        return replace(
            self, content_hash=None, complete=False, former=former,
            taken_back=self.times_emptied + 1,
        )  # fmt: skip


def read(store: LogStore, name: str) -> RawFile | None:
    """What stands of the file; None when it never came."""
    row = store.get(RAW_FILES, [name]).get(name)
    return None if row is None else from_row(RawFile, row)


def read_all(store: LogStore) -> list[RawFile]:
    """What stands of every file that ever came, by name."""
    return [from_row(RawFile, row) for batch in store.scan(RAW_FILES) for row in batch]


def emptied(store: LogStore) -> dict[str, int]:
    """The files whose rows were taken out and did not come again, by name: how often by now."""
    return {file.name: file.times_emptied for file in read_all(store) if file.content_hash is None}


def write(store: LogStore, file: RawFile) -> None:
    """Note it."""
    store.put(RAW_FILES, [to_row(file)]).whole()


def brought_by(store: LogStore, content_hash: str) -> list[RawFile]:
    """The files that bring this content, by name."""
    return [file for file in read_all(store) if file.content_hash == content_hash]


def is_known(store: LogStore, content_hash: str) -> bool:
    """Whether rows of this content may stand already, whoever brought them."""
    contents = (content for file in read_all(store) for content in file.contents())
    return any(content.content_hash == content_hash for content in contents)


def source_of(store: LogStore, name: str, content_hash: str) -> str:
    """What rows of this content bear as their `source`: the file they first came by, and which one.

    All rows of a content bear the same, and those of two contents never do: they are removed by it.
    """
    known = (content for file in read_all(store) for content in file.contents())
    first = next((content.source for content in known if content.content_hash == content_hash), "")
    return first or f"{name}@{content_hash[:SHOWN]}"


def loaded(store: LogStore) -> int:
    """How many files were loaded to their end and stand as they were read."""
    return sum(file.complete for file in read_all(store))


def counted(store: LogStore, file: RawFile) -> RawFile:
    """The file with how many rows of it stand: a load that was cut short did not note that."""
    if file.complete:
        return file
    sources = [content.source for content in file.contents()]
    return replace(
        file,
        rows=sum(store.count(RAW, {"source": source}) for source in sources),
        quarantined=sum(store.count(QUARANTINE, {"source": source}) for source in sources),
    )


def removed(store: LogStore, folder: Path) -> list[str]:
    """Names of files that brought rows and lie in the folder no more."""
    paths = folder.iterdir() if folder.is_dir() else ()
    there = {name_of(path) for path in paths if path.is_file()}
    gone = (counted(store, file) for file in read_all(store) if file.name not in there)
    return [file.name for file in gone if file.brought]
