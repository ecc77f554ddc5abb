"""What each person did, counted: the arrays that mining works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rec_assets.raw.activity import Activity
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.int8]  # a byte a run: an export has millions
Flags = NDArray[np.bool_]
_UNKNOWN = -1


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Runs of P people by what was wanted, in independent runs (see `independent`)."""

    options: Floats  # (P, 7, 3) category and intensity
    languages: Floats  # (P, 4)
    texts: Floats  # (P, 4, 4) text language and language, where the former is known
    runs: Ints  # (P,) as they are
    followed: Ints  # (P,) runs with a run of the same person before
    changed: Ints  # (P,) of these, how many have another option
    accepted: Floats  # (P, 2) corrections of which something, of which nothing was taken
    starts: Floats  # (P, 24) sessions by the hour (UTC) they begin

    @property
    def weight(self) -> Floats:
        """Independent runs of each person: shape (P,)."""
        total: Floats = self.options.sum(axis=(1, 2))
        return total


def count_evidence(activity: Activity) -> Evidence:
    """The counts of an export; a run without category, intensity or language is left out."""
    table, people = activity.runs, activity.persons
    category, intensity = (
        codes(table["category"], CATEGORIES),
        codes(table["intensity"], INTENSITIES),
    )
    language, text = codes(table["language"], LANGUAGES), codes(table["text_language"], LANGUAGES)
    whole = (category >= 0) & (intensity >= 0) & (language >= 0)
    person = table["person"].to_numpy(dtype=np.int64)[whole]
    session = table["session"].to_numpy(dtype=np.int64)[whole]
    category, intensity, language, text = (c[whole] for c in (category, intensity, language, text))
    option = category * len(INTENSITIES) + intensity
    again = _repeated(person)
    changed = again & ~(_repeated(option) & _repeated(language))
    known = text >= 0
    of_option, of_language = (independent(word, person, session) for word in (option, language))
    of_text = independent(text[known], person[known], session[known])
    return Evidence(
        options=_tally((people, 7, 3), of_option, person, category, intensity),
        languages=_tally((people, 4), of_language, person, language),
        texts=_tally((people, 4, 4), of_text, person[known], text[known], language[known]),
        runs=np.bincount(person, minlength=people).astype(np.int64),
        followed=np.bincount(person[again], minlength=people).astype(np.int64),
        changed=np.bincount(person[changed], minlength=people).astype(np.int64),
        accepted=_accepted(activity),
        starts=_starts(activity),
    )


def independent(word: Ints | Codes, person: Ints, session: Ints) -> Floats:
    """How many independent runs each run is worth: 1 in a session of its own, less among others.

    Within a session people leave a setting as it was: with chance s a run repeats the one before,
    s = 1 - (share of changes within sessions) / (share of changes across sessions). The mean of m
    such runs varies 1 + 2 Σ_d (1 - d/m) s^d times as much as that of m independent ones (Kish's
    design effect); each is worth the inverse. Rows are by person and time.
    """
    again = _repeated(person)
    within = again & _repeated(session)
    across, changed = again & ~within, ~_repeated(word)
    if not within.any() or not changed[across].any():
        return np.ones(len(word))
    stay = float(np.clip(1 - changed[within].mean() / changed[across].mean(), 0, 0.95))
    starts = np.flatnonzero(~within)
    lengths = np.diff(np.append(starts, len(word)))
    different, which = np.unique(lengths, return_inverse=True)
    worth: Floats = 1 / np.array([_design_effect(int(m), stay) for m in different])
    return np.repeat(worth[which], lengths)


def codes(column: pd.Series[Any], words: tuple[str, ...]) -> Codes:
    """The position of each value among the words, -1 for what is missing."""
    known = {word: position for position, word in enumerate(words)}
    found = (known.get(value, _UNKNOWN) for value in column)
    return np.fromiter(found, dtype=np.int8, count=len(column))


def _design_effect(runs: int, stay: float) -> float:
    apart = np.arange(1, runs)
    return float(1 + 2 * ((1 - apart / runs) * stay**apart).sum())


def _accepted(activity: Activity) -> Floats:
    table = activity.corrections
    nothing = 1 - table["accepted"].to_numpy(dtype=np.int64)
    person = table["person"].to_numpy(dtype=np.int64)
    return _tally((activity.persons, 2), np.ones(len(table)), person, nothing)


def _starts(activity: Activity) -> Floats:
    table = activity.runs
    person, session = (table[name].to_numpy(dtype=np.int64) for name in ("person", "session"))
    first = ~(_repeated(person) & _repeated(session))
    hour = (table["time"].to_numpy(dtype=float)[first] // 3600 % 24).astype(np.int64)
    return _tally((activity.persons, 24), np.ones(len(hour)), person[first], hour)


def _repeated(word: Ints | Codes) -> Flags:
    """Whether each value is that of the row before; the first is not."""
    return np.append(False, word[1:] == word[:-1])[: len(word)]


def _tally(shape: tuple[int, ...], worth: Floats, *places: Ints | Codes) -> Floats:
    counts = np.zeros(shape)
    np.add.at(counts, places, worth)
    return counts
