"""The times of an export: unix seconds or milliseconds, ISO dates, MongoDB's `$date`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

# Below it a number is seconds (until the year 5138), above it milliseconds (since 1973).
_MILLISECONDS_FROM: Final = 1e11
_ABSURD_FROM: Final = 1e14
# Before the first such exporter, and so far ahead that a clock must be wrong.
EARLIEST: Final = datetime(2005, 1, 1, tzinfo=UTC).timestamp()
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC).timestamp()


def seconds(value: object) -> float | None:
    """Unix seconds of the moment, UTC where no zone is given; None when it is no sensible time."""
    if type(value) is int and EARLIEST <= value < LATEST:  # nearly every event's
        return float(value)
    if isinstance(value, dict):
        value = value.get("$date", value.get("$numberLong"))
        return None if isinstance(value, dict) and len(value) != 1 else _inner(value)
    return _inner(value)


def iso(second: float) -> str:
    """The moment as a person reads it: ISO, UTC, to the second."""
    return datetime.fromtimestamp(second, UTC).isoformat(timespec="seconds")


def _inner(value: object) -> float | None:
    if isinstance(value, dict):
        value = value.get("$numberLong")
    number = _of_text(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    return _sensible(number)


def _sensible(number: float) -> float | None:
    # Also keeps NaN out, and integers that no float holds.
    if not 0 <= number < _ABSURD_FROM:
        return None
    moment = number / 1000 if number >= _MILLISECONDS_FROM else number
    return float(moment) if EARLIEST <= moment < LATEST else None


def _of_text(text: str) -> float | None:
    text = text.strip()
    # isdecimal alone would take other scripts' digits, and a long one costs its square.
    if text.isascii() and text.isdecimal() and len(text) <= 16:
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
