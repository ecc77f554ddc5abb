"""What a group's members want on average, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rec_assets.personas.dispersion import fit_dirichlet, floored
from rec_assets.personas.evidence import Evidence
from rec_assets.personas.persona import Persona
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES

Floats = NDArray[np.float64]
PRIOR: Final = 10.0  # runs that the whole export counts as, in what a group may have few rows for
_DIGITS: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class Taste:
    """Shares in the order of resources.options; every row sums to 1."""

    category: Floats  # (7,)
    intensity_by_category: Floats  # (7, 3)
    language: Floats  # (4,)
    text_language: Floats  # (4,)
    language_by_text_language: Floats  # (4, 4)
    hours: Floats  # (24,) UTC, of the beginnings of sessions

    @property
    def preferred_category(self) -> int:
        """The most frequent one, `none` as any other: what sets a group apart is in its name."""
        return int(np.argmax(self.category))

    @property
    def point(self) -> Floats:
        """√ of the joint shares of category and intensity, (21,): distances are Hellinger's."""
        root: Floats = np.sqrt(self.category[:, None] * self.intensity_by_category).reshape(-1)
        return root


def fit_taste(evidence: Evidence, belonging: Floats, whole: Taste | None = None) -> Taste:
    """The members' mean shares; tables are shrunk to the whole's, which counts as 10 runs.

    `belonging` (P,): how likely each person is a member, 0 for who is none. To count only the
    likeliest members would make every group purer than it is.
    """
    members = belonging > 0
    sure, each = belonging[members], belonging[members, None, None]
    options, texts = evidence.options[members], evidence.texts[members]
    if whole is not None and not texts.any():
        text = whole.text_language
    else:
        text = fit_dirichlet(texts.sum(axis=2), sure)[0]
    return Taste(
        category=fit_dirichlet(options.sum(axis=2), sure)[0],
        intensity_by_category=_table(
            (options * each).sum(axis=0), None if whole is None else whole.intensity_by_category
        ),
        language=fit_dirichlet(evidence.languages[members], sure)[0],
        text_language=text,
        language_by_text_language=_table(
            (texts * each).sum(axis=0), None if whole is None else whole.language_by_text_language
        ),
        hours=_hours(
            (evidence.starts[members] * sure[:, None]).sum(axis=0), evidence.starts.sum(axis=0)
        ),
    )


def preferences(taste: Taste) -> dict[str, Any]:
    """The persona's fields about what its people want. What is preferred is the most frequent."""
    category = _named(taste.category, CATEGORIES)
    language = _named(taste.language, LANGUAGES)
    intensities = {
        word: _named(row, INTENSITIES)
        for word, row in zip(CATEGORIES, taste.intensity_by_category, strict=True)
    }
    preferred = max(category, key=lambda word: category[word])
    own = intensities[preferred]
    return {
        "preferred_category": preferred,
        "preferred_intensity": max(own, key=lambda word: own[word]),
        "preferred_language": max(language, key=lambda word: language[word]),
        "category": category,
        "intensity": _named(taste.category @ taste.intensity_by_category, INTENSITIES),
        "language": language,
        "intensity_by_category": intensities,
        "text_language": _named(taste.text_language, LANGUAGES),
        "language_by_text_language": {
            word: _named(row, LANGUAGES)
            for word, row in zip(LANGUAGES, taste.language_by_text_language, strict=True)
        },
        "hours": [round(float(share), _DIGITS) for share in taste.hours],
    }


def taste_of(persona: Persona) -> Taste:
    """A persona's preferences as arrays."""
    return Taste(
        _row(persona.category, CATEGORIES),
        np.array([_row(persona.intensity_by_category[word], INTENSITIES) for word in CATEGORIES]),
        _row(persona.language, LANGUAGES),
        _row(persona.text_language, LANGUAGES),
        np.array([_row(persona.language_by_text_language[word], LANGUAGES) for word in LANGUAGES]),
        np.array(persona.hours),
    )


def _table(counts: Floats, whole: Floats | None) -> Floats:
    """Rows of shares; the whole's (for the whole itself: the sum of its rows) count as 10 runs."""
    prior = floored(counts.sum(axis=0)) if whole is None else whole
    shrunk: Floats = (counts + PRIOR * prior) / (counts.sum(axis=1, keepdims=True) + PRIOR)
    return shrunk


def _hours(own: Floats, whole: Floats) -> Floats:
    """The whole's hours, each counted once more than seen, weigh as much as 10 sessions."""
    shares: Floats = own + PRIOR * (whole + 1) / (whole + 1).sum()
    normal: Floats = shares / shares.sum()
    return normal


def _named(shares: Floats, words: Sequence[str]) -> dict[str, float]:
    return {word: round(float(share), _DIGITS) for word, share in zip(words, shares, strict=True)}


def _row(shares: dict[str, float], words: Sequence[str]) -> Floats:
    return np.array([shares[word] for word in words])
