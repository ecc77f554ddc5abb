"""The five fields of a cron line, checked before Dagster meets them."""

from __future__ import annotations

import re
from typing import Final

FIELDS: Final = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of the month", 1, 31),
    ("month", 1, 12),
    ("weekday", 0, 7),
)
NAMES: Final = {
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    "sun", "mon", "tue", "wed", "thu", "fri", "sat",
}  # fmt: skip
ITEM: Final = re.compile(r"(?:\*|(\w+)(?:-(\w+))?)(?:/([1-9]\d*))?")


def why_no_cron(text: str) -> str | None:
    """The sentence that says what is wrong with a cron line; None when Dagster will take it."""
    fields = text.split()
    if len(fields) != len(FIELDS):
        named = ", ".join(name for name, _, _ in FIELDS)
        return f"{text!r} has {len(fields)} fields: five are needed ({named}), as in '10 2 * * *'"
    for field, (name, low, high) in zip(fields, FIELDS, strict=True):
        if not all(_fits(item, low, high) for item in field.split(",")):
            return f"{field!r} is no {name} of a schedule: use {low} to {high}, or *, in {text!r}"
    return None


def _fits(item: str, low: int, high: int) -> bool:
    found = ITEM.fullmatch(item)
    if found is None:
        return False
    ends = [end for end in found.group(1, 2) if end is not None]
    if any(not end.isdigit() and end.lower() not in NAMES for end in ends):
        return False
    numbers = [int(end) for end in ends if end.isdigit()]
    return all(low <= number <= high for number in numbers) and numbers == sorted(numbers)
