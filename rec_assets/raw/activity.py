"""What people did, out of the raw store's envelopes, without anyone's id: what mining reads."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from rec_assets.raw.columns import NUMBER, SMALL, WHOLE, WORD, Columns, Table
from rec_assets.raw.digests import digest, repeated
from rec_assets.raw.identities import Identities, Who, who_of
from rec_assets.raw.kept_texts import KeptTexts
from rec_assets.raw.kinds import EVENT, HISTORY, Reading, identity, understand_row
from rec_assets.raw.marks import edits, sessions, text_languages
from rec_assets.raw.spellings import RUN, SELECTION
from rec_assets.raw.vocabulary import OWN, Vocabulary
from resources.records import Row
from resources.text_language import detect_language

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]

RUN_COLUMNS: Final = (
    "person", "time", "session", "category", "intensity", "language", "tone", "text_language",
    "length",
)  # fmt: skip
SELECTION_COLUMNS: Final = ("person", "time", "category", "intensity", "index", "total")
CORRECTION_COLUMNS: Final = (
    "person", "time", "category", "intensity", "tone", "text_language", "length", "prompt",
    "accepted", "index", "total", "edited",
)  # fmt: skip
_OF_ROW: Final = {"who": SMALL, "seen": SMALL, "order": WHOLE, "time": NUMBER}
_RUN: Final = _OF_ROW | {
    "category": WORD, "intensity": WORD, "language": WORD, "tone": WORD, "length": NUMBER,
}  # fmt: skip
_SELECTION: Final = _OF_ROW | {
    "category": WORD, "intensity": WORD, "index": NUMBER, "total": NUMBER,
}  # fmt: skip
_CORRECTION: Final = _OF_ROW | {
    "category": WORD, "intensity": WORD, "tone": WORD, "text_language": WORD, "length": NUMBER,
    "prompt": WORD, "index": NUMBER, "total": NUMBER, "number": SMALL,
}  # fmt: skip
_OF_ROW_ALONE: Final = ("who", "seen", "order")  # what no table shows
_NO_ID: Final = -1


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
    """Rows in our words, before people have numbers: some 50 bytes each, texts on disk."""

    texts: KeptTexts
    identities: Identities = field(default_factory=Identities)
    whos: dict[Who, int] = field(default_factory=dict)
    ids: array[int] = field(default_factory=lambda: array("q"))  # digests, as they came
    runs: Columns = field(default_factory=lambda: Columns(_RUN))
    selections: Columns = field(default_factory=lambda: Columns(_SELECTION))
    corrections: Columns = field(default_factory=lambda: Columns(_CORRECTION))


def read_activity(envelopes: Iterable[Row], vocabulary: Vocabulary = OWN) -> Activity:
    """Tables of what people did, in memory of some 150 bytes for each run.

    `envelopes` are rows of raw_corporate_data in the order of `_id`; of rows that came twice the
    first one counts.
    """
    with KeptTexts() as texts:
        heap = _Heap(texts)
        for sealed in envelopes:
            _collect(heap, understand_row(sealed["raw"], vocabulary))
        return _activity(heap)


def _activity(heap: _Heap) -> Activity:
    again = repeated(np.frombuffer(heap.ids, dtype=np.int64))
    heap.ids = array("q")
    parts = [(rows, _first(rows, again)) for rows in (heap.runs, heap.selections, heap.corrections)]
    present = np.concatenate([np.unique(rows["who"][kept]) for rows, kept in parts])
    number = _numbers(heap, np.unique(present))
    heap.whos.clear()  # from here on people are numbers
    runs, selections, corrections = (_by_person(rows, kept, number) for rows, kept in parts)
    corrections["accepted"] = ~np.isnan(corrections["index"])
    corrections["edited"] = edits(corrections, heap.texts)
    runs["session"] = sessions(runs)
    runs["text_language"] = text_languages(runs, corrections)
    return Activity(
        persons=int(number.max(initial=-1)) + 1,
        runs=_frame(runs, RUN_COLUMNS),
        selections=_frame(selections, SELECTION_COLUMNS),
        corrections=_frame(corrections, CORRECTION_COLUMNS),
        repeated=int(again.sum()),
        shared_devices=heap.identities.shared_devices,
    )


def _collect(heap: _Heap, reading: Reading) -> None:
    if reading.fault or reading.kind not in (EVENT, HISTORY) or reading.second is None:
        return
    who = who_of(reading)
    heap.identities.learn(who)
    own = identity(reading.fields.get("insert_id" if reading.kind == EVENT else "_id"))
    seen = _NO_ID
    if own:
        seen = len(heap.ids)
        heap.ids.append(digest(f"{reading.kind}:{own}"))
    if reading.kind == EVENT and reading.action not in (RUN, SELECTION):
        return
    place: Row = {
        "who": heap.whos.setdefault(who, len(heap.whos)),
        "seen": seen,
        "order": _beginning(own or ""),
        "time": reading.second,
    }
    if reading.kind == HISTORY:
        number = len(heap.corrections)
        heap.corrections.append(place | _correction(reading, heap.texts, number))
    else:
        rows = heap.runs if reading.action == RUN else heap.selections
        rows.append(place | _event(reading))


def _event(reading: Reading) -> Row:
    fields = reading.fields
    return {
        "category": fields.get("category"),
        "intensity": fields.get("intensity"),
        "language": fields.get("language"),
        "tone": _text(fields.get("tone")),
        "length": _count(fields.get("length")),
        "index": _count(fields.get("index")),
        "total": _count(fields.get("total")),
    }


def _correction(reading: Reading, texts: KeptTexts, number: int) -> Row:
    fields = reading.fields
    text, outputs = _text(fields.get("input")) or "", _texts(fields.get("outputs"))
    texts.put(number, text, outputs)
    return {
        "category": fields.get("category"),
        "intensity": fields.get("intensity"),
        "tone": _text(fields.get("tone")),
        "text_language": detect_language(text),
        "length": len(text),
        "prompt": _text(fields.get("prompt")),
        "index": _count(fields.get("index")),
        "total": len(outputs),
        "number": number,
    }


def _first(rows: Columns, again: NDArray[np.bool_]) -> Ints:
    """The rows that had not been seen before; those without an id all count."""
    repeat = np.append(again, False)  # the last one is _NO_ID's
    return np.flatnonzero(~repeat[rows["seen"]])


def _numbers(heap: _Heap, present: Ints) -> Ints:
    """The person's number by `who`, -1 for whom no row is left: persons in the order of keys."""
    whos = list(heap.whos)
    keys = {int(who): heap.identities.person(whos[who]) for who in present}
    ranks = {key: rank for rank, key in enumerate(sorted(set(keys.values())))}
    numbers = np.full(len(whos), -1, dtype=np.int64)
    for who, key in keys.items():
        numbers[who] = ranks[key]
    return numbers


def _by_person(rows: Columns, kept: Ints, number: Ints) -> Table:
    """The rows kept, by person, time and the beginning of their id."""
    person = number[rows["who"][kept]]
    order = np.lexsort((rows["order"][kept], rows["time"][kept], person))
    table = rows.take(kept[order])
    return {"person": person[order], **{n: table[n] for n in table if n not in _OF_ROW_ALONE}}


def _beginning(own: str) -> int:
    """The id's first eight bytes as a number: ids in order have theirs in order."""
    head = own.encode("utf-8", "surrogatepass")[:8].ljust(8, b"\0")
    return int.from_bytes(head, "big") - (1 << 63)


def _frame(table: Table, columns: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    # Texts stay objects: the few different ones are shared by all rows.
    made = {name: table.pop(name) for name in columns}
    series = {name: pd.Series(column, dtype=column.dtype) for name, column in made.items()}
    return pd.DataFrame(series, copy=False)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _count(value: object) -> int | None:
    """A count of an export, which may write 2 as 2.0; None for what is no count."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value < 1 << 31 and value == int(value) else None
