"""Types of single request fields: options' words with the editor's synonyms, ids, texts, times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, AliasChoices, Field, StringConstraints, WithJsonSchema

from resources.options import CATEGORIES, CATEGORY_SYNONYMS, INTENSITIES, LANGUAGES

TEXT_LENGTH: Final = 5_000  # characters of a selected text, and of what stands on each side of it
PROMPT_LENGTH: Final = 2_000
ID_LENGTH: Final = 200
LATEST: Final = 4_102_444_800_000  # 2100-01-01: a time beyond it is not in milliseconds

NONE: Final[Mapping[str, str]] = {}
# Printable, and not spaces alone.
ID_PATTERN: Final = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"


def _word(words: tuple[str, ...], synonyms: Mapping[str, str] = NONE) -> Any:
    def translate(value: str) -> str:
        word = synonyms.get(value, value)
        if word not in words:
            raise ValueError(f"must be one of {', '.join((*words, *synonyms))}")
        return word

    return AfterValidator(translate)


def _schema(words: tuple[str, ...], synonyms: Mapping[str, str] = NONE) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": [*words, *synonyms]})


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank: it must hold a text")
    return text


Category = Annotated[
    str, _word(CATEGORIES, CATEGORY_SYNONYMS), _schema(CATEGORIES, CATEGORY_SYNONYMS)
]
Intensity = Annotated[str, _word(INTENSITIES), _schema(INTENSITIES)]
Language = Annotated[str, _word(LANGUAGES), _schema(LANGUAGES)]
# The name in the records first, then the editor's.
CATEGORY_NAMES: Final = AliasChoices("category", "field")
INTENSITY_NAMES: Final = AliasChoices("intensity", "maintenance")
LANGUAGE_NAMES: Final = AliasChoices("language", "target_language")

Id = Annotated[str, StringConstraints(min_length=1, max_length=ID_LENGTH, pattern=ID_PATTERN)]
SelectedText = Annotated[
    str, StringConstraints(min_length=1, max_length=TEXT_LENGTH), AfterValidator(_not_blank)
]
Around = Annotated[str, StringConstraints(max_length=TEXT_LENGTH)]
Prompt = Annotated[str, StringConstraints(max_length=PROMPT_LENGTH)]
CreatedAt = Annotated[
    int, Field(ge=0, lt=LATEST, description="ms since 1970, UTC; role simulator only.")
]
Origin = Literal["live", "simulation"]
LIVE, SIMULATION = "live", "simulation"
