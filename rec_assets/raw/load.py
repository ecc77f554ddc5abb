"""Brings an export file into the raw store, row by row as it came, and says what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from rec_assets.raw import envelope
from rec_assets.raw.blocks import content_hash
from rec_assets.raw.kinds import EVENT, Reading, identity, understand_row
from rec_assets.raw.reader import BadRow, Item, read_rows
from rec_assets.raw.repeats import SeenIds
from rec_assets.raw.summary import LoadSummary
from resources.log_store import BATCH, LogStore, refusal
from resources.records import QUARANTINE, RAW, Row


class Sealed(NamedTuple):
    """A row in its envelope, for the raw store or for quarantine, and its event's insert_id."""

    collection: str
    row: Row
    insert_id: str | None


def load_file(
    path: Path, store: LogStore, source: str, told: Callable[[int], None] = lambda rows: None
) -> LoadSummary:
    """Append the file's rows to the raw store and its faulty ones to quarantine, in batches.

    Loading the same bytes again adds nothing. `told` gets the rows of each batch. Raises OSError
    when the file cannot be opened and StoreUnavailable when the store is away; repeating the call
    then completes it.
    """
    summary = LoadSummary(_storable(source), content_hash(path))
    counted = 0
    for batch in _batches(path, summary):
        _append(batch, store, summary)
        told(summary.rows - counted)
        counted = summary.rows
    return summary


def understand(path: Path) -> LoadSummary:
    """What loading the file would find; nothing is written. Raises OSError as load_file does."""
    summary = LoadSummary(_storable(path.name), content_hash(path))
    for batch in _batches(path, summary):
        for sealed in batch:
            reason = refusal(sealed.row)
            if reason and sealed.collection == RAW:
                summary.refused(sealed.row["kind"], _sentence(reason), sealed.row["position"])
    return summary


def _batches(path: Path, summary: LoadSummary) -> Iterator[list[Sealed]]:
    """The file's rows in their envelopes, counted on the way."""
    items = read_rows(path)
    with SeenIds() as seen:
        while batch := [_sealed(item, summary) for item in islice(items, BATCH)]:
            ids = [sealed.insert_id for sealed in batch if sealed.insert_id]
            summary.repeated_insert_ids += seen.repeated(ids)
            yield batch


def _sealed(item: Item, summary: LoadSummary) -> Sealed:
    if isinstance(item, BadRow):
        summary.faulty(item.label, item.reason, item.position)
        return Sealed(QUARANTINE, envelope.unread(item, summary.source, summary.content_hash), None)
    reading = understand_row(item.raw)
    row = envelope.envelope(item, reading, summary.source, summary.content_hash)
    if reading.fault:
        summary.faulty(reading.fault.label, reading.fault.sentence, item.position)
        return Sealed(QUARANTINE, envelope.quarantined(row, reading.fault.sentence), None)
    summary.usable(reading.kind)
    return Sealed(RAW, row, _event_id(reading, summary))


def _event_id(reading: Reading, summary: LoadSummary) -> str | None:
    if reading.kind != EVENT:
        return None
    if reading.action is None:
        summary.unknown_event(reading.fields["event"])
    return identity(reading.fields.get("insert_id"))


def _append(batch: list[Sealed], store: LogStore, summary: LoadSummary) -> None:
    by_id = {sealed.row["_id"]: sealed.row for sealed in batch}
    usable = [sealed.row for sealed in batch if sealed.collection == RAW]
    faulty = [sealed.row for sealed in batch if sealed.collection == QUARANTINE]
    written = store.append(RAW, usable)
    summary.stored_new += written.new
    for refused in written.refused:
        row, reason = by_id[refused.id], _sentence(refused.reason)
        summary.refused(row["kind"], reason, row["position"])
        faulty.append(envelope.quarantined_as_text(row, reason))
    summary.quarantined_new += _quarantine(faulty, store)


def _quarantine(faulty: list[Row], store: LogStore) -> int:
    """Append; what is refused even here (a faulty row that is poison too) goes as text."""
    written = store.append(QUARANTINE, faulty)
    if not written.refused:
        return written.new
    by_id = {row["_id"]: row for row in faulty}
    again = [
        envelope.quarantined_as_text(by_id[r.id], f"{by_id[r.id]['reason']} {_sentence(r.reason)}")
        for r in written.refused
    ]
    return written.new + store.append(QUARANTINE, again).new


def _sentence(reason: str) -> str:
    return f"No store takes it: {_storable(reason)}."


def _storable(text: str) -> str:
    """A file name or message without the half characters that no store takes."""
    return text.encode("utf-8", "replace").decode("utf-8")
