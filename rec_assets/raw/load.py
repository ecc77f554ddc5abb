"""Brings an export file into the raw store, row by row as it came, and says what it found."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple

from rec_assets.raw import envelope
from rec_assets.raw.blocks import blocks_of
from rec_assets.raw.kinds import EVENT, identity, understand_row
from rec_assets.raw.open_export import OpenExport
from rec_assets.raw.reader import BadRow, Item, rows_of
from rec_assets.raw.repeats import SeenIds
from rec_assets.raw.summary import LoadSummary
from rec_assets.raw.vocabulary import OWN, Vocabulary
from resources.errors import Mendable
from resources.log_store import LogStore, refusal
from resources.records import QUARANTINE, RAW, Row

# Written at once, some 2,500 rows: however long the rows are, they stay within memory.
BYTES_AT_ONCE: Final = 8 << 20
ROW_COSTS: Final = 3_000  # bytes, besides its text


class FileChanged(Mendable, RuntimeError):
    """An export was written into while it was read: `added` rows came from a mixture."""

    def __init__(self, name: str, added: int) -> None:
        super().__init__(f"{name} was written into while it was read: load it again")
        self.added = added


class Batch(NamedTuple):
    """Rows in their envelopes, on the way to the raw store and to quarantine."""

    usable: list[Row]
    faulty: list[Row]
    insert_ids: list[str]  # of the events among the usable ones


def load_file(
    path: Path,
    store: LogStore,
    source: str,
    vocabulary: Vocabulary = OWN,
    told: Callable[[int], None] = lambda rows: None,
) -> LoadSummary:
    """`load_export` of the file at `path`; OSError when it cannot be opened."""
    with OpenExport(path) as export:
        return load_export(export, store, source, vocabulary, told)


def load_export(
    export: OpenExport,
    store: LogStore,
    source: str,
    vocabulary: Vocabulary = OWN,
    told: Callable[[int], None] = lambda rows: None,
) -> LoadSummary:
    """Append the export's rows to the raw store and its faulty ones to quarantine, in batches.

    Loading the same bytes again adds nothing. `told` gets the rows of each batch. Raises
    StoreUnavailable when the store is away (repeating the call then completes it), and FileChanged
    at the end when the rows did not come from the bytes that they are named after.
    """
    summary = LoadSummary(_storable(source), export.content_hash)
    counted = 0
    with _no_cycles():
        for batch in _batches(export, summary, vocabulary):
            _append(batch, store, summary)
            told(summary.rows - counted)
            counted = summary.rows
    if export.changed():
        raise FileChanged(summary.source, summary.stored_new + summary.quarantined_new)
    return summary


@contextmanager
def _no_cycles() -> Iterator[None]:
    """Rows hold no reference cycles, but looking for some among them costs a tenth of the load."""
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()


def understand(path: Path, vocabulary: Vocabulary = OWN) -> LoadSummary:
    """What loading the file would find; nothing is written. Raises OSError as load_file does."""
    with OpenExport(path) as export:
        summary = LoadSummary(_storable(path.name), export.content_hash)
        for batch in _batches(export, summary, vocabulary):
            for row in batch.usable:
                reason = refusal(row)
                if reason:
                    summary.refused(row["kind"], _sentence(reason), row["position"])
    return summary


def _batches(export: OpenExport, summary: LoadSummary, vocabulary: Vocabulary) -> Iterator[Batch]:
    """The file's rows in their envelopes, counted on the way; the lists of one batch serve all."""
    batch, size = Batch([], [], []), 0
    with SeenIds() as seen:
        for item in rows_of(blocks_of(export)):
            _seal(item, batch, summary, vocabulary)
            size += ROW_COSTS + len(item.text)
            if size >= BYTES_AT_ONCE:
                yield _counted(batch, summary, seen)
                size = 0
                for rows in batch:
                    rows.clear()
        yield _counted(batch, summary, seen)
        summary.repeated_insert_ids = seen.repeated()


def _counted(batch: Batch, summary: LoadSummary, seen: SeenIds) -> Batch:
    summary.usable(Counter(map(itemgetter("kind"), batch.usable)))
    seen.add(batch.insert_ids)
    return batch


def _seal(item: Item, batch: Batch, summary: LoadSummary, vocabulary: Vocabulary) -> None:
    """Put the row into its envelope, and the envelope where it belongs."""
    if isinstance(item, BadRow):
        summary.faulty(item.label, item.reason, item.position)
        batch.faulty.append(envelope.unread(item, summary.source, summary.content_hash))
        return
    reading = understand_row(item.raw, vocabulary)
    row = envelope.envelope(item, reading, summary.source, summary.content_hash)
    if reading.fault:
        summary.faulty(reading.fault.label, reading.fault.sentence, item.position)
        batch.faulty.append(envelope.quarantined(row, reading.fault.sentence))
        return
    batch.usable.append(row)
    if reading.kind == EVENT:
        if reading.action is None:
            summary.unknown_event(reading.fields["event"])
        if insert_id := identity(reading.fields.get("insert_id")):
            batch.insert_ids.append(insert_id)


def _append(batch: Batch, store: LogStore, summary: LoadSummary) -> None:
    written = store.append(RAW, batch.usable)
    summary.stored_new += written.new
    faulty = batch.faulty
    by_id = {row["_id"]: row for row in batch.usable} if written.refused else {}
    for refused in written.refused:
        row, reason = by_id[refused.id], _sentence(refused.reason)
        summary.refused(row["kind"], reason, row["position"])
        faulty.append(envelope.quarantined_as_text(row, reason))
    summary.quarantined_new += _quarantine(faulty, store)


def _quarantine(faulty: list[Row], store: LogStore) -> int:
    """Put them aside; how many were not there, or for another reason (of another mapping).

    What is refused even here (a faulty row that is poison too) goes as text.
    """
    known = store.get(QUARANTINE, [row["_id"] for row in faulty])
    for row in faulty:  # a content that came by another name first keeps that one
        if row["_id"] in known:
            known[row["_id"]]["source"] = row["source"]
    rows = [row for row in faulty if known.get(row["_id"]) != row]
    refused = store.put(QUARANTINE, rows).refused if rows else []
    by_id = {row["_id"]: row for row in rows} if refused else {}
    texts = [
        envelope.quarantined_as_text(by_id[r.id], f"{by_id[r.id]['reason']} {_sentence(r.reason)}")
        for r in refused
    ]
    new = [row for row in texts if known.get(row["_id"]) != row]
    return len(rows) - len(texts) + (store.put(QUARANTINE, new).new if new else 0)


def _sentence(reason: str) -> str:
    return f"No store takes it: {_storable(reason)}."


def _storable(text: str) -> str:
    """A file name or message without the half characters that no store takes."""
    return text.encode("utf-8", "replace").decode("utf-8")
