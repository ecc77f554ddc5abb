"""From evidence to distributions: every group's counts pulled towards the group above it.

user → cluster → population → what is assumed before any data. The constants are pseudo-counts:
how many sessions the group above is worth. They stand in one place so that each can be dropped
and its price measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from resources.options import CATEGORIES, INTENSITIES, LANGUAGES
from resources.preferences import Evidence, Floats, Preferences

HALF_LIFE_DAYS: Final = 14.0
ACCEPTED, REJECTED, CHANGED_FACTOR = 1.0, 0.6, 1.5
PRIOR: Final = 10.0  # population, before any data
CLUSTER: Final = 16.0  # cluster → population
CATEGORY: Final = 4.0  # user → cluster
STRENGTH: Final = 8.0
STRENGTH_BY_CATEGORY: Final = 12.0
LANGUAGE: Final = 12.0
LANGUAGE_BY_TEXT_LANGUAGE: Final = 24.0
STRENGTH_BEFORE_DATA: Final = (0.3, 0.4, 0.3)
OWN, HOUSE, SPREAD = 0.7, 0.2, 0.1  # language, before data: the text's, the house's, any


def weight(accepted: bool, changed: bool) -> float:
    """Evidence of one executed session: 1 if accepted, else 0.6; × 1.5 if changed by the person.

    Changed: another option was run than the one that came first. What comes first is also run by
    people who did not look further, so it says less of what they want.
    """
    return (ACCEPTED if accepted else REJECTED) * (CHANGED_FACTOR if changed else 1.0)


def decay(days: float) -> float:
    """What evidence is worth after `days`: halved every 14; a future day counts as today."""
    return float(0.5 ** (max(days, 0.0) / HALF_LIFE_DAYS))


def population_before_data(house_language: str) -> Preferences:
    """What is assumed of everybody before the first session; strictly positive."""
    category = np.full(len(CATEGORIES), 1 / len(CATEGORIES))
    strength = np.array(STRENGTH_BEFORE_DATA)
    text_language = _language_row(house_language, None)
    language_by_text_language = np.stack([_language_row(house_language, lt) for lt in LANGUAGES])
    return Preferences(
        category,
        strength,
        text_language @ language_by_text_language,
        text_language,
        np.tile(strength, (len(CATEGORIES), 1)),
        language_by_text_language,
    )


def _language_row(house: str, text_language: str | None) -> Floats:
    row = np.full(len(LANGUAGES), SPREAD / len(LANGUAGES))
    row[LANGUAGES.index(house)] += HOUSE
    row[LANGUAGES.index(text_language or house)] += OWN
    return row


def pooled(evidence: Iterable[Evidence]) -> Evidence:
    """A group's evidence: its users' added up in their order."""
    total = Evidence.none()
    for own in evidence:
        total = Evidence(total.ci + own.ci, total.ltl + own.ltl, total.n + own.n)
    return total


def population(total: Evidence, house_language: str) -> Preferences:
    """θ₀: everybody's evidence over 10 pseudo-counts of what is assumed before data."""
    return shrink_group(total, population_before_data(house_language), PRIOR)


def shrink_group(evidence: Evidence, above: Preferences, strength: float) -> Preferences:
    """A group's distributions, each row pulled towards `above` by `strength` pseudo-counts."""
    ci, ltl = evidence.ci, evidence.ltl
    return Preferences(
        _pull(ci.sum(1), above.category, strength),
        _pull(ci.sum(0), above.strength, strength),
        _pull(ltl.sum(0), above.language, strength),
        _pull(ltl.sum(1), above.text_language, strength),
        _pull(ci, above.strength_by_category, strength),
        _pull(ltl, above.language_by_text_language, strength),
    )


def shrink_user(evidence: Evidence, above: Preferences) -> Preferences:
    """θ of a user (DESIGN §5): marginals first, then what is conditional on them.

    θ(i|c) = (N(i,c) + 12·m(i|c)) / (N(c) + 12), m ∝ J(i|c)·θ(i)/J(i); l|lt likewise.
    """
    ci, ltl = evidence.ci, evidence.ltl
    strength = _pull(ci.sum(0), above.strength, STRENGTH)
    language = _pull(ltl.sum(0), above.language, LANGUAGE)
    strength_mean = _normalised(above.strength_by_category * (strength / above.strength))
    language_mean = _normalised(above.language_by_text_language * (language / above.language))
    return Preferences(
        _pull(ci.sum(1), above.category, CATEGORY),
        strength,
        language,
        _pull(ltl.sum(1), above.text_language, LANGUAGE),
        _pull(ci, strength_mean, STRENGTH_BY_CATEGORY),
        _pull(ltl, language_mean, LANGUAGE_BY_TEXT_LANGUAGE),
    )


def language_given(preferences: Preferences, text_language: str | None) -> Floats:
    """θ(l|lt), shape (4,); for an unknown text language Σ θ(lt)·θ(l|lt)."""
    if text_language is None:
        mixed: Floats = preferences.text_language @ preferences.language_by_text_language
        return mixed
    row: Floats = preferences.language_by_text_language[LANGUAGES.index(text_language)]
    return row


def embedding(preferences: Preferences) -> Floats:
    """`user_embedding_v1`, shape (14,): square roots of the three preference blocks (Hellinger)."""
    blocks = (preferences.category, preferences.strength, preferences.language)
    assert sum(map(len, blocks)) == len(CATEGORIES) + len(INTENSITIES) + len(LANGUAGES)
    return np.sqrt(np.concatenate(blocks))


def _pull(counts: Floats, mean: Floats, strength: float) -> Floats:
    total = counts.sum(-1, keepdims=True)
    pulled: Floats = (counts + strength * mean) / (total + strength)
    return pulled


def _normalised(rows: Floats) -> Floats:
    normal: Floats = rows / rows.sum(-1, keepdims=True)
    return normal
