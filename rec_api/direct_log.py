"""The sink that is the log store itself: the embedded SQLite default."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rec_api.outbox import Outcome, RowRefused, Unit, Verb, Write
from resources.log_store import LogStore, Refused
from resources.records import Row

HeadId = tuple[str, str]  # collection, _id


class DirectLog:
    """Commits a group with one call of the store for each verb and collection, heads last.

    So a crash leaves at most rows that no head points to, and the repeated request mends them.
    """

    def __init__(self, store: LogStore) -> None:
        self._store = store

    def commit(self, units: Sequence[Unit]) -> list[Outcome]:
        """Write the units; each one's outcome, in their order."""
        present = self._present(units)
        fresh: list[int] = []
        waiting: dict[HeadId, int] = {}  # heads of this group; a second one waits for the first
        for k, unit in enumerate(units):
            head = head_id(unit)
            if head is None or not (head in present or head in waiting):
                fresh.append(k)
            if head is not None and head not in present:
                waiting.setdefault(head, k)
        _, refused = self._write(order(write for k in fresh for write in units[k].writes))
        whole = [k for k in fresh if not _holds(units[k], refused)]
        heads = [write for k in whole if (write := units[k].head) is not None]
        new, bad = self._write(heads)
        if new < len(heads):
            present |= self._overtaken(heads)
        refused |= bad
        return [_outcome(units, k, waiting, present, refused) for k in range(len(units))]

    def get(self, collection: str, ids: Sequence[str]) -> dict[str, Row]:
        """Rows by id."""
        return self._store.get(collection, ids)

    def backlog(self) -> dict[str, int]:
        """Nothing ever waits here."""
        return {"waiting": 0, "set_aside": 0}

    def ping(self) -> None:
        """Return when the store answers."""
        self._store.ping()

    def _present(self, units: Sequence[Unit]) -> dict[HeadId, Row]:
        asked = [head for unit in units if not unit.new_id and (head := head_id(unit)) is not None]
        return find(self._store, asked)

    def _overtaken(self, heads: Sequence[Write]) -> dict[HeadId, Row]:
        """Heads that another process wrote between the look and the write."""
        ours = {(head.collection, head.row["_id"]): head.row for head in heads}
        return {key: row for key, row in find(self._store, list(ours)).items() if row != ours[key]}

    def _write(self, writes: Iterable[Write]) -> tuple[int, dict[str, str]]:
        """How many rows were new, and why rows were refused, by their id."""
        total, refused = 0, dict[str, str]()
        for verb, collection, rows in grouped(writes):
            new, bad = apply(self._store, verb, collection, rows)
            total += new
            refused |= {entry.id: entry.reason for entry in bad}
        return total, refused


def _outcome(
    units: Sequence[Unit],
    k: int,
    waiting: dict[HeadId, int],
    present: dict[HeadId, Row],
    refused: dict[str, str],
) -> Outcome:
    head = head_id(units[k])
    if reason := _holds(units[k], refused):
        return RowRefused(reason)
    if head is None:
        return None
    if head in present:
        return present[head]
    first = units[waiting[head]]
    return None if waiting[head] == k or first.head is None else first.head.row


def head_id(unit: Unit) -> HeadId | None:
    """Where a unit's head would lie."""
    return (unit.head.collection, unit.head.row["_id"]) if unit.head else None


def find(store: LogStore, heads: Sequence[HeadId]) -> dict[HeadId, Row]:
    """The rows that are in the store, one look for each collection."""
    found = dict[HeadId, Row]()
    for collection in dict.fromkeys(collection for collection, _ in heads):
        ids = [key for its, key in heads if its == collection]
        found |= {(collection, key): row for key, row in store.get(collection, ids).items()}
    return found


def order(writes: Iterable[Write]) -> list[Write]:
    """Deletions, then puts, then appends: any order is right for requests that ran at once."""
    rank = {"delete": 0, "put": 1, "append": 2}
    return sorted(writes, key=lambda write: rank[write.verb])


def grouped(writes: Iterable[Write]) -> Iterator[tuple[Verb, str, list[Row]]]:
    """(verb, collection, rows), each pair once; of rows put with one `_id` the last is kept."""
    groups = dict[tuple[Verb, str], list[Row]]()
    for verb, collection, row in writes:
        groups.setdefault((verb, collection), []).append(row)
    for (verb, collection), rows in groups.items():
        once = {row["_id"]: row for row in rows} if verb == "put" else None
        yield verb, collection, list(once.values()) if once else rows


def apply(
    store: LogStore, verb: Verb, collection: str, rows: Sequence[Row]
) -> tuple[int, list[Refused]]:
    """Do it; how many rows are new (or replaced), and which were refused."""
    if verb == "delete":
        return sum(store.delete(collection, where) for where in rows), []
    written = store.append(collection, rows) if verb == "append" else store.put(collection, rows)
    return written.new, written.refused


def _holds(unit: Unit, refused: dict[str, str]) -> str | None:
    """Why a row of the unit was refused."""
    if not refused:
        return None
    writes = (*unit.writes, unit.head) if unit.head else unit.writes
    reasons = (refused.get(str(write.row.get("_id"))) for write in writes)
    return next((reason for reason in reasons if reason), None)
