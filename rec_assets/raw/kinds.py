"""What a row of an export is, in our words: its kind, its day, and why it cannot be used."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from rec_assets.raw import moments
from rec_assets.raw.spellings import DEVICE_PREFIX, RUN, SELECTION
from rec_assets.raw.vocabulary import OPTIONS, OWN, Vocabulary
from resources.records import Row

EVENT, HISTORY = "event", "correction_history"
USAGE, CLIENT, UNKNOWN = "usage_summary", "client_properties", "unknown"

# Which fields say whose a row is, and when it happened, for each kind.
_OWNERS: Final = {
    EVENT: ("user_id", "distinct_id", "device_id"),
    HISTORY: ("user",),
    USAGE: ("_id", "user", "distinct_id"),
    CLIENT: ("distinct_id", "user_id"),
}
_TIMES: Final = {
    EVENT: ("time", "created_at"),
    HISTORY: ("created_at", "time"),
    USAGE: ("recent_execution_date",),
    CLIENT: ("last_seen",),
}
_TIME_IS_NEEDED: Final = (EVENT, HISTORY)
_WORD: Final = re.compile(r"[^\W\d_][\w -]{0,23}")  # a foreign value that a reason repeats


class Fault(NamedTuple):
    """Why a row goes to quarantine: a label to count by, and a sentence."""

    label: str
    sentence: str


class Reading(NamedTuple):
    """A row in our words. `second` is unix seconds UTC, `day` its ISO date.

    `fields` are flat and have our names (see spellings.FIELDS); category, intensity and language
    are translated. `action` is run, selection, visit, or None for an event that we do not use.
    """

    kind: str
    action: str | None
    second: float | None
    fields: Row
    fault: Fault | None

    @property
    def day(self) -> str | None:
        """The ISO date of the row, None when it has no time."""
        if self.second is None:
            return None
        return _date(int(self.second) // 86_400)


def understand_row(raw: Row, vocabulary: Vocabulary = OWN) -> Reading:
    """The row's kind and fields in our words, with the first fault that keeps it from use."""
    fields = vocabulary.flat(raw)
    kind = _kind(raw, fields)
    action = vocabulary.action(str(fields["event"])) if kind == EVENT else None
    given = None
    for name in _TIMES.get(kind, ()):
        if (given := fields.get(name)) is not None:
            break
    second = moments.seconds(given)
    fault = _fault(kind, action, fields, given, second)
    return Reading(kind, action, second, fields, fault)


@lru_cache(maxsize=4_096)
def _date(days: int) -> str:
    """The ISO date of a number of days after 1970-01-01."""
    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()


def identity(value: object) -> str | None:
    """An id as text: numbers and MongoDB's `$oid` too; None for null, blank or something else."""
    if isinstance(value, str):
        text = value.strip()
        return text if text and text != DEVICE_PREFIX else None
    if isinstance(value, dict):
        value = value.get("$oid")
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value).strip() if isinstance(value, str) or abs(value) < 1 << 64 else ""
    return text if text not in ("", DEVICE_PREFIX) else None


def _kind(raw: Row, fields: Row) -> str:
    if isinstance(fields.get("event"), str):
        return EVENT
    if "input" in fields or "outputs" in fields:
        return HISTORY
    if "count" in fields and "recent_execution_date" in fields:
        return USAGE
    return (
        CLIENT if "distinct_id" in fields and isinstance(raw.get("properties"), dict) else UNKNOWN
    )


def _fault(
    kind: str, action: str | None, fields: Row, given: object, second: float | None
) -> Fault | None:
    if kind == UNKNOWN:
        sentence = (
            "Its kind cannot be told: it has no event name, no texts of a correction, no usage "
            "count with a date, and no client properties."
        )
        return Fault("unknown kind", sentence)
    for owner in _OWNERS[kind]:
        if identity(fields.get(owner)):
            break
    else:
        return Fault("no user", f"It belongs to nobody: no {' or '.join(_OWNERS[kind])}.")
    if second is None and (given is not None or kind in _TIME_IS_NEEDED):
        return _time_fault(kind, given)
    return _foreign_word(fields) if kind == HISTORY or action in (RUN, SELECTION) else None


def _time_fault(kind: str, given: object) -> Fault:
    if given is None:
        return Fault("no time", f"It has no {' or '.join(_TIMES[kind])}.")
    return Fault(
        "absurd time",
        f"Its time {_quoted(given)} is no moment between 2005 and 2100: expected unix seconds, "
        "milliseconds or an ISO date.",
    )


def _foreign_word(fields: Row) -> Fault | None:
    for name, ours in OPTIONS.items():
        if name in fields and fields[name] not in ours:
            return Fault(
                f"{name} not ours",
                f"Its {name} {_quoted(fields[name])} is not one of {', '.join(ours)}.",
            )
    return None


def _quoted(value: object) -> str:
    """The value where it is a word or a number; a text may be somebody's: only its length."""
    if isinstance(value, dict | list):
        return "(a nested value)"
    if isinstance(value, str) and not _WORD.fullmatch(value):
        return f"(a text of {len(value)} characters)"
    if isinstance(value, int) and abs(value) >= 1 << 64:
        return "(a very large number)"
    return repr(value)
