"""What people did, out of the raw store's envelopes, without anyone's id: what mining reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from rec_assets.raw.edits import EarlierOutputs
from rec_assets.raw.identities import Identities, Who, who_of
from rec_assets.raw.kinds import EVENT, HISTORY, Reading, identity, understand_row
from rec_assets.raw.spellings import RUN, SELECTION
from resources.records import Row
from resources.text_language import detect_language

if TYPE_CHECKING:
    import pandas as pd

SESSION_GAP: Final = 30 * 60  # seconds without a run that end a session

# Seconds by which the client's clock (events) may differ from the server's, the nearest first.
_CLOCKS_APART: Final = (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5)

RUN_COLUMNS: Final = (
    "person", "time", "session", "category", "intensity", "language", "tone", "text_language",
    "length",
)  # fmt: skip
SELECTION_COLUMNS: Final = ("person", "time", "category", "intensity", "index", "total")
CORRECTION_COLUMNS: Final = (
    "person", "time", "category", "intensity", "tone", "text_language", "length", "prompt",
    "accepted", "index", "total", "edited",
)  # fmt: skip
_WHOLE: Final = ("person", "session")
_NUMBERS: Final = ("time", "length", "index", "total")
_FLAGS: Final = ("accepted", "edited")


@dataclass(frozen=True)
class Activity:
    """Tables of the columns above, by person and time. What is unknown is missing (`isna`).

    `person` is 0…persons−1, `time` unix seconds UTC, `session` counts a person's sessions from 0,
    `length` characters of the input, `index` the position taken and `total` the candidates shown.
    `text_language` of a run is known where its correction history is. `repeated` rows came twice
    and count once.
    """

    persons: int
    runs: pd.DataFrame
    selections: pd.DataFrame
    corrections: pd.DataFrame
    repeated: int
    shared_devices: int


@dataclass
class _Heap:
    """Rows in our words, before people have numbers."""

    identities: Identities = field(default_factory=Identities)
    seen: set[tuple[str, str]] = field(default_factory=set)
    repeated: int = 0
    runs: list[tuple[Who, Row]] = field(default_factory=list)
    selections: list[tuple[Who, Row]] = field(default_factory=list)
    corrections: list[tuple[Who, Row]] = field(default_factory=list)


def read_activity(envelopes: Iterable[Row]) -> Activity:
    """Tables of what people did.

    `envelopes` are rows of raw_corporate_data in the order of `_id`; of rows that came twice the
    first one counts.
    """
    heap = _Heap()
    for sealed in envelopes:
        _collect(heap, understand_row(sealed["raw"]))
    numbers = _numbers(heap)
    corrections = _numbered(heap, heap.corrections, numbers)
    _mark_edits(corrections)
    runs = _numbered(heap, heap.runs, numbers)
    _mark_sessions(runs)
    _mark_text_languages(runs, corrections)
    return Activity(
        persons=len(numbers),
        runs=_table(runs, RUN_COLUMNS),
        selections=_table(_numbered(heap, heap.selections, numbers), SELECTION_COLUMNS),
        corrections=_table(corrections, CORRECTION_COLUMNS),
        repeated=heap.repeated,
        shared_devices=heap.identities.shared_devices,
    )


def _collect(heap: _Heap, reading: Reading) -> None:
    if reading.fault or reading.kind not in (EVENT, HISTORY) or reading.second is None:
        return
    who = who_of(reading)
    heap.identities.learn(who)
    own = "insert_id" if reading.kind == EVENT else "_id"
    repeat = identity(reading.fields.get(own))
    if repeat and (reading.kind, repeat) in heap.seen:
        heap.repeated += 1
        return
    if repeat:
        heap.seen.add((reading.kind, repeat))
    if reading.kind == HISTORY:
        heap.corrections.append((who, _correction(reading)))
    elif reading.action in (RUN, SELECTION):
        rows = heap.runs if reading.action == RUN else heap.selections
        rows.append((who, _event(reading)))


def _event(reading: Reading) -> Row:
    fields = reading.fields
    return {
        "time": reading.second,
        "category": fields.get("category"),
        "intensity": fields.get("intensity"),
        "language": fields.get("language"),
        "tone": _text(fields.get("tone")),
        "length": _count(fields.get("length")),
        "index": _count(fields.get("index")),
        "total": _count(fields.get("total")),
        "order": identity(fields.get("insert_id")) or "",
    }


def _correction(reading: Reading) -> Row:
    fields = reading.fields
    text, outputs = _text(fields.get("input")) or "", _texts(fields.get("outputs"))
    index = _count(fields.get("index"))
    return {
        "time": reading.second,
        "category": fields.get("category"),
        "intensity": fields.get("intensity"),
        "tone": _text(fields.get("tone")),
        "text_language": detect_language(text),
        "length": len(text),
        "prompt": _text(fields.get("prompt")),
        "accepted": index is not None,
        "index": index,
        "total": len(outputs),
        "input": text,
        "outputs": outputs,
        "order": identity(fields.get("_id")) or "",
    }


def _numbers(heap: _Heap) -> dict[tuple[str, str], int]:
    keys = {
        heap.identities.person(who)
        for rows in (heap.runs, heap.selections, heap.corrections)
        for who, _ in rows
    }
    return {key: number for number, key in enumerate(sorted(keys))}


def _numbered(
    heap: _Heap, rows: list[tuple[Who, Row]], numbers: dict[tuple[str, str], int]
) -> list[Row]:
    """The rows with their person's number, by person and time."""
    made = [{"person": numbers[heap.identities.person(who)], **row} for who, row in rows]
    return sorted(made, key=lambda row: (row["person"], row["time"], row["order"]))


def _mark_sessions(runs: list[Row]) -> None:
    before: Row = {"person": -1}
    for run in runs:
        if run["person"] != before["person"]:
            run["session"] = 0
        else:
            run["session"] = before["session"] + (run["time"] - before["time"] > SESSION_GAP)
        before = run


def _mark_edits(corrections: list[Row]) -> None:
    """Sets `edited` and lets the texts go."""
    person, earlier = -1, EarlierOutputs()
    for row in corrections:
        if row["person"] != person:
            person, earlier = row["person"], EarlierOutputs()
        row["edited"] = earlier.edited(row.pop("input"))
        earlier.remember(row.pop("outputs"))


def _mark_text_languages(runs: list[Row], corrections: list[Row]) -> None:
    """A run and its correction are one act: same person, same length of text, about one moment."""
    known = {_act(row, 0): row["text_language"] for row in corrections}
    for run in runs:
        acts = (_act(run, offset) for offset in _CLOCKS_APART)
        run["text_language"] = next((known[act] for act in acts if act in known), None)


def _act(row: Row, offset: int) -> tuple[Any, ...]:
    return row["person"], row["length"], int(row["time"]) + offset


def _table(rows: list[Row], columns: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    kinds = dict.fromkeys(_NUMBERS, "float64") | dict.fromkeys(_WHOLE, "int64")
    kinds |= dict.fromkeys(_FLAGS, "bool")
    return pd.DataFrame(
        {
            name: pd.Series([row[name] for row in rows], dtype=kinds.get(name, "object"))
            for name in columns
        }
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _count(value: object) -> int | None:
    """A count of an export, which may write 2 as 2.0; None for what is no count."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value < 1 << 31 and value == int(value) else None
