"""Names for groups: the category a reader would say, and what sets a group apart from its like."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rec_assets.grouping import match_centroids
from rec_assets.personas.persona import Persona
from rec_assets.personas.taste import Taste, taste_of
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES

Floats = NDArray[np.float64]
NOUNS: Final = {
    "thesis": "Academic_Writer",
    "report": "Report_Author",
    "article": "Article_Editor",
    "email": "Email_Correspondent",
    "marketing": "Marketing_Copywriter",
    "customer_service": "Support_Agent",
    "none": "Everyday_Writer",
}
ADJECTIVES: Final = {
    "weak": "Light",
    "moderate": "Balanced",
    "strong": "Bold",
    "ko": "Korean",
    "en": "English",
    "ja": "Japanese",
    "zh": "Chinese",
}
APART: Final = 1.25  # times the whole's share from which on a word sets a group apart
KEPT: Final = 0.5  # Hellinger distance up to which a group is the persona of the last mining


def name_groups(
    tastes: Sequence[Taste], whole: Taste, previous: Sequence[Persona], taken: Sequence[str]
) -> list[str]:
    """A name for each group, all different and none of `taken`; old names stay where they fit."""
    names = _kept(tastes, [persona for persona in previous if persona.name not in taken])
    used = {*taken, *names.values()}
    for group, taste in enumerate(tastes):
        if group not in names:
            names[group] = next(name for name in _proposals(taste, whole) if name not in used)
            used.add(names[group])
    return [names[group] for group in range(len(tastes))]


def _kept(tastes: Sequence[Taste], previous: Sequence[Persona]) -> dict[int, str]:
    """Names of the last mining for the groups that are still much the same."""
    before = [taste_of(persona) for persona in previous]
    if not before:
        return {}
    old, new = (np.stack([taste.point for taste in list_]) for list_ in (before, tastes))
    return {
        group: previous[match].name
        for group, match in enumerate(match_centroids(old, new))
        if match >= 0
        and before[match].preferred_category == tastes[group].preferred_category
        and np.linalg.norm(old[match] - new[group]) / np.sqrt(2) < KEPT
    }


def _proposals(taste: Taste, whole: Taste) -> list[str]:
    """The noun; with one or two of the words most above the whole's share; with a number."""
    category = taste.preferred_category
    noun = NOUNS[CATEGORIES[category]]
    own = (taste.intensity_by_category[category], taste.language)
    all_ = (whole.intensity_by_category[category], whole.language)
    words = (*INTENSITIES, *LANGUAGES)
    lift = np.concatenate(own) / np.maximum(np.concatenate(all_), 1e-9)
    order = [int(word) for word in np.argsort(-lift, kind="stable") if lift[word] >= APART]
    apart = [ADJECTIVES[words[word]] for word in order]
    both = [f"{one}_{other}" for one, other in combinations(apart, 2)]
    named = [f"{adjective}_{noun}" for adjective in (*apart, *both)]
    return [noun, *named, *(f"{noun}_{number}" for number in range(2, 100))]
