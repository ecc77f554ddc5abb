"""What a row of activity says only next to others: its session, its text's language, its edit."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rec_assets.raw.columns import Table
from rec_assets.raw.edits import EarlierOutputs
from rec_assets.raw.kept_texts import KeptTexts

Ints = NDArray[np.int64]

SESSION_GAP: Final = 30 * 60  # seconds without a run that end a session
# Seconds by which the client's clock (events) may differ from the server's, the nearest first.
_CLOCKS_APART: Final = (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5)
AT_ONCE: Final = 100_000  # runs whose acts are looked up together: the rest waits in few bytes
_BITS: Final = 32  # of a length and of a moment in seconds


def sessions(runs: Table) -> Ints:
    """Each run's session, counted from 0 for each person; rows are by person and time."""
    person, time = runs["person"], runs["time"]
    if not len(person):
        return np.zeros(0, dtype=np.int64)
    other = np.append(True, person[1:] != person[:-1])
    begins = other | np.append(True, np.diff(time) > SESSION_GAP)
    number = np.cumsum(begins)
    first = np.repeat(number[other], np.diff(np.append(np.flatnonzero(other), len(person))))
    counted: Ints = (number - first).astype(np.int64)
    return counted


def text_languages(runs: Table, corrections: Table) -> NDArray[Any]:
    """The language of each run's text, None where unknown; rows are by person and time.

    A run and its correction are one act: same person, same length of text, about one moment.
    """
    found = np.full(len(runs["person"]), None, dtype=object)
    if not len(found) or not len(corrections["person"]):
        return found
    texts, acts = np.unique(
        _pair(corrections["person"], corrections["length"]), return_inverse=True
    )
    known = _pair(acts, corrections["time"])
    order = np.argsort(known, kind="stable")
    known, language = known[order], corrections["text_language"][order]
    for start in range(0, len(found), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        own = {name: runs[name][part] for name in ("person", "time", "length")}
        _find_acts(own, texts, known, language, found[part])
    return found


def _find_acts(
    runs: Table, texts: Ints, known: Ints, language: NDArray[Any], found: NDArray[Any]
) -> None:
    """Set the language of the runs' texts: `texts` are persons with lengths, `known` their acts."""
    told = ~np.isnan(runs["length"])
    own = _pair(runs["person"], np.where(told, runs["length"], 0))
    text = np.minimum(np.searchsorted(texts, own), len(texts) - 1)
    open_ = told & (texts[text] == own)
    for offset in _CLOCKS_APART:
        rows = np.flatnonzero(open_)
        act = _pair(text[rows], runs["time"][rows].astype(np.int64) + offset)
        place = np.searchsorted(known, act, side="right") - 1  # of several, the last
        hit = (place >= 0) & (known[np.maximum(place, 0)] == act)
        found[rows[hit]] = language[place[hit]]
        open_[rows[hit]] = False


def edits(corrections: Table, texts: KeptTexts) -> NDArray[np.bool_]:
    """Whether each correction's input is an edited copy of an earlier output of the same person."""
    edited = np.zeros(len(corrections["person"]), dtype=np.bool_)
    person, earlier = -1, EarlierOutputs()
    for row, (own, number) in enumerate(
        zip(corrections["person"], corrections["number"], strict=True)
    ):
        if own != person:
            person, earlier = own, EarlierOutputs()
        text, outputs = texts.get(int(number))
        edited[row] = earlier.edited(text)
        earlier.remember(outputs)
    return edited


def _pair(one: NDArray[Any], other: NDArray[Any]) -> Ints:
    """Two small counts as one number."""
    paired: Ints = (one.astype(np.int64) << _BITS) + other.astype(np.int64)
    return paired
