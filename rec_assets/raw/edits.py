"""Tells whether a text is an edited copy of something that the person was given before."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

_GRAM: Final = 3  # characters; the same for Korean and for Latin script
_LIKE: Final = 0.8  # Dice overlap; precision .90, recall .94 on the sample (tests/…/test_edits.py)
_REMEMBERED: Final = 60  # outputs: about the last twenty corrections
_READ: Final = 2_000  # characters of a text that are compared


class EarlierOutputs:
    """One person's latest outputs, against which the next inputs are held."""

    def __init__(self) -> None:
        self._outputs: deque[tuple[str, frozenset[str]]] = deque(maxlen=_REMEMBERED)

    def edited(self, text: str) -> bool:
        """True when the text is close to an earlier output but not the same."""
        text = text[:_READ]
        grams = _grams(text)
        # The same text again is another run over it, not an edit.
        if not grams or any(text == output for output, _ in self._outputs):
            return False
        return any(_dice(grams, known) >= _LIKE for _, known in self._outputs)

    def remember(self, outputs: Iterable[str]) -> None:
        """Add what the person has just been given."""
        self._outputs.extend((text[:_READ], _grams(text[:_READ])) for text in outputs)


def _grams(text: str) -> frozenset[str]:
    return frozenset(text[i : i + _GRAM] for i in range(len(text) - _GRAM + 1))


def _dice(some: frozenset[str], others: frozenset[str]) -> float:
    # The overlap cannot exceed the smaller set: most pairs end here.
    most = 2 * min(len(some), len(others)) / (len(some) + len(others))
    return 2 * len(some & others) / (len(some) + len(others)) if most >= _LIKE else most
