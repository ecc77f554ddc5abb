"""A file's rows in place of those that its former content brought.

New rows come first, then the former ones go, then the file's own row says that it is complete: who
reads meanwhile sees some rows twice, never too few.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from msgspec.structs import replace

from rec_assets.raw import raw_files
from rec_assets.raw.load import FileChanged, load_export
from rec_assets.raw.open_export import OpenExport
from rec_assets.raw.raw_files import Content, RawFile
from rec_assets.raw.summary import LoadSummary
from rec_assets.raw.vocabulary import OWN, Vocabulary
from resources.log_store import LogStore
from resources.records import QUARANTINE, RAW
from resources.whole_files import hold

LOCK_FILE: Final = "raw.lock"


class Replaced(NamedTuple):
    """What a load did: `removed` usable rows, of the file's former content and those of this one
    that are usable no more by the mapping of now; who else brings the same content.
    """

    summary: LoadSummary
    removed: int
    same_content_as: list[str]


@contextmanager
def one_at_a_time(home: Path) -> Iterator[None]:
    """A block that one process of this REC_HOME is in at a time; the others wait before it.

    Two files of the same content, one of which changes, must not remove each other's rows.
    """
    held = hold(home / LOCK_FILE)
    try:
        yield
    finally:
        os.close(held)


def load_in_place(
    path: Path,
    store: LogStore,
    name: str,
    vocabulary: Vocabulary = OWN,
    told: Callable[[int], None] = lambda rows: None,
) -> Replaced:
    """Load the file and remove what `name` brought before, unless another file brings that too.

    Of a content that was read before, by another mapping, what stands becomes what it says by this.
    Only one process may be in here (`one_at_a_time`). Raises OSError when the file cannot be
    opened, StoreUnavailable as load_export does, and FileChanged when it was written into while it
    was read: then no row of the mixture stays, and those of the former content do.
    """
    with OpenExport(path) as export:
        known = raw_files.is_known(store, export.content_hash)
        file = _begin(store, name, export.content_hash)
        try:
            summary = load_export(export, store, file.source, vocabulary, told)
            removed = _settle(export, store, summary, vocabulary) if known else 0
        except FileChanged as changed:
            _take_back(store, file, changed.added)
            raise FileChanged(name, changed.added) from None
    removed += sum(_remove(store, content) for content in file.former)
    done = replace(file, complete=True, former=[], rows=sum(summary.kinds.values()),
                   quarantined=sum(summary.quarantined.values()))  # fmt: skip
    raw_files.write(store, done)
    others = [o for o in raw_files.brought_by(store, export.content_hash) if o.name != name]
    for other in others:  # their rows are these: read by another mapping, they count otherwise
        now = replace(other, rows=done.rows, quarantined=done.quarantined)
        if other.complete and other != now:
            raw_files.write(store, now)
    return Replaced(summary, removed, [other.name for other in others])


def _begin(store: LogStore, name: str, content_hash: str) -> RawFile:
    before = raw_files.read(store, name)
    former = [c for c in before.contents() if c.content_hash != content_hash] if before else []
    source = raw_files.source_of(store, name, content_hash)
    file = RawFile(
        name=name,
        content_hash=content_hash,
        source=source,
        former=former,
        taken_back=before.times_emptied if before else 0,
    )
    raw_files.write(store, file)
    return file


def _settle(
    export: OpenExport, store: LogStore, summary: LoadSummary, vocabulary: Vocabulary
) -> int:
    """Rows of this content that by the reading of now lie elsewhere go from where they lie.

    What belongs somewhere was put there before: where no more rows lie, nothing is to be done. A
    kill in between leaves the file incomplete, and its next load repeats this. How many usable rows
    went.
    """
    of_it = {"source": summary.source}
    faulty, usable = sum(summary.quarantined.values()), sum(summary.kinds.values())
    if store.count(QUARANTINE, of_it) > faulty:
        store.delete(QUARANTINE, of_it)
        if faulty:
            export.seek(0)
            load_export(export, store, summary.source, vocabulary)
    if store.count(RAW, of_it) <= usable:
        return 0
    if not usable:
        return store.delete(RAW, of_it)
    aside = store.scan(QUARANTINE, where=of_it, fields=("_id",))
    both = (i for rows in aside for i in store.get(RAW, [row["_id"] for row in rows]))
    return sum(store.delete(RAW, {"_id": identity}) for identity in both)


def _take_back(store: LogStore, file: RawFile, added: int) -> None:
    """No row of the mixture stays; a file that brings that very content has to be loaded again."""
    raw_files.write(store, file.emptied(former=file.contents()))
    if added:
        for other in raw_files.brought_by(store, str(file.content_hash)):
            raw_files.write(store, other.emptied(former=other.former))
        _remove(store, file.contents()[0])


def _remove(store: LogStore, content: Content) -> int:
    """Remove the content's rows if no file brings it any more; how many usable ones they were."""
    if raw_files.brought_by(store, content.content_hash):
        return 0
    store.delete(QUARANTINE, {"source": content.source})
    return store.delete(RAW, {"source": content.source})
