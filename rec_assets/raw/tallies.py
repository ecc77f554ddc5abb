"""Counts of names that an export chose: bounded, however many different ones there are."""

from __future__ import annotations

from collections import Counter
from typing import Final

DIFFERENT: Final = 200  # names that are counted each for itself
OTHERS: Final = "(others)"
LONGEST: Final = 40  # characters; what is longer may be somebody's text


def count(tally: Counter[str], name: str) -> None:
    """Count the name, or OTHERS where there are too many."""
    tally[name if name in tally or len(tally) < DIFFERENT else OTHERS] += 1


def top(tally: Counter[str], most: int) -> dict[str, int]:
    """The commonest names, equals by name."""
    return dict(sorted(tally.items(), key=lambda pair: (-pair[1], pair[0]))[:most])


def worded(value: object) -> str:
    """A value as a person may be shown it: words and numbers, of a text its length."""
    if isinstance(value, dict | list):
        return "(a nested value)"
    text = str(value)
    plain = len(text) <= LONGEST and text.isprintable()
    return text if plain else f"(a text of {len(text)} characters)"
