"""Names for groups: the category a reader would say, and what sets a group apart from its like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, combinations, count
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rec_assets.grouping import nearest
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
# Hellinger distance up to which a group is that of the last mining. Groups of 40 people that are
# drawn anew lie 0.1 apart, those that prefer another intensity of one category 0.3.
KEPT: Final = 0.25


def name_groups(
    tastes: Sequence[Taste],
    whole: Taste,
    previous: Sequence[Persona],
    former: Sequence[Persona],
    taken: Sequence[str],
) -> list[str]:
    """A name for each group, all different and none of `taken`.

    A group that goes on keeps the name it had in `previous`; one that is back has that which it had
    in `former`; a new one gets a name that was never given. So a name means one group for good.
    """
    names: dict[int, str] = {}
    for before in (previous, former):
        free = [p for p in before if p.name not in {*taken, *names.values()}]
        left = [group for group in range(len(tastes)) if group not in names]
        names |= _kept({group: tastes[group] for group in left}, free)
    used = {*taken, *names.values(), *(persona.name for persona in (*previous, *former))}
    for group, taste in enumerate(tastes):
        if group not in names:
            names[group] = next(name for name in _proposals(taste, whole) if name not in used)
            used.add(names[group])
    return [names[group] for group in range(len(tastes))]


def _kept(tastes: Mapping[int, Taste], before: Sequence[Persona]) -> dict[int, str]:
    """Names for the groups that go on: each other's nearest, and near. Of a split, the nearer."""
    if not before or not tastes:
        return {}
    old = np.stack([taste_of(persona).point for persona in before])
    new = np.stack([taste.point for taste in tastes.values()])
    to_old, to_new = nearest(new, old), nearest(old, new)
    return {
        group: before[to_old[row]].name
        for row, group in enumerate(tastes)
        if to_new[to_old[row]] == row
        and np.linalg.norm(old[to_old[row]] - new[row]) / np.sqrt(2) < KEPT
    }


def _proposals(taste: Taste, whole: Taste) -> Iterator[str]:
    """The noun; with one or two of the words above the whole's share; with a number."""
    category = taste.preferred_category
    noun = NOUNS[CATEGORIES[category]]
    own = (taste.intensity_by_category[category], taste.language)
    all_ = (whole.intensity_by_category[category], whole.language)
    words = (*INTENSITIES, *LANGUAGES)
    lift = np.concatenate(own) / np.maximum(np.concatenate(all_), 1e-9)
    # Groups are found by category and intensity: an intensity says more of one than a language.
    order = sorted(range(len(words)), key=lambda word: (word >= len(INTENSITIES), -lift[word]))
    apart = [ADJECTIVES[words[word]] for word in order if lift[word] >= APART]
    both = [f"{one}_{other}" for one, other in combinations(apart, 2)]
    named = [f"{adjective}_{noun}" for adjective in (*apart, *both)]
    return chain([noun, *named], (f"{noun}_{number}" for number in count(2)))
