"""What is recommended: the 84 options and the words they are made of. Listed here, nowhere else."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

CATEGORIES: Final = (
    "thesis",
    "report",
    "article",
    "email",
    "marketing",
    "customer_service",
    "none",
)
INTENSITIES: Final = ("weak", "moderate", "strong")
LANGUAGES: Final = ("ko", "en", "ja", "zh")

# Words of the customer's editor, translated at the door (requests and the raw reader) only.
CATEGORY_SYNONYMS: Final = {"general": "none"}


class Option(NamedTuple):
    """One thing that can be recommended."""

    category: str
    intensity: str
    language: str

    @property
    def id(self) -> str:
        """`category/intensity/language`; ties between scores are broken by it."""
        return f"{self.category}/{self.intensity}/{self.language}"


OPTIONS: Final = tuple(
    Option(c, i, lg) for c in CATEGORIES for i in INTENSITIES for lg in LANGUAGES
)
OPTION_INDEX: Final = {option: position for position, option in enumerate(OPTIONS)}
_OPTION_BY_ID: Final = {option.id: option for option in OPTIONS}


def parse_option(option_id: str) -> Option:
    """The option of an id; ValueError when it is not one of the 84."""
    try:
        return _OPTION_BY_ID[option_id]
    except KeyError:
        raise ValueError(
            f"{option_id!r} is not an option: an id is category/intensity/language"
        ) from None


# Rank of each option by its id: the second sort key wherever scores are ordered.
_by_id = sorted(range(len(OPTIONS)), key=lambda position: OPTIONS[position].id)
ID_RANK: Final[NDArray[np.int64]] = np.argsort(np.array(_by_id, dtype=np.int64))


def ranking(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """Positions of the options, best first; equal scores in the order of their ids. Shape (84,)."""
    return np.lexsort((ID_RANK, -scores))
