"""What a persona is taken to be where neither the export nor a person says it.

None of these numbers was fitted, neither to data nor to the system's result; each that is used is
named in the persona's `assumed`.
"""

from __future__ import annotations

from typing import Any, Final

from resources.options import CATEGORIES, INTENSITIES, LANGUAGES

HOUSE_LANGUAGE: Final = "ko"
LEAD: Final = 0.7  # share of what is preferred; the rest is spread evenly
SAME_LANGUAGE: Final = 0.8  # share of texts answered in their own language
CHOICE: Final = {
    "position_bias": 0.5,
    "satisficing": 0.3,
    "sensitivity": 5.0,
    "leave": 0.1,
    "strictness": 3.0,
}
# Nine to six in Korea (UTC+9), and half as often in the evening.
HOURS: Final = [1.0] * 9 + [0.5] * 5 + [0.1] * 10
# What follows from nothing else in the entry.
PLAIN: Final[dict[str, Any]] = {
    "preferred_language": HOUSE_LANGUAGE,
    "users": 0,
    "events": 0,
    "custom_rate": 0.3,
    "edit_rate": 0.1,
    "session_length": {"mean": 2.0},
    "hours": HOURS,
    "text_length": {"p10": 30.0, "p50": 80.0, "p90": 200.0},
    "concentration": 20.0,
    "prompts": [],
    "stability": 1.0,
    "origin": "manual",
    "prompt_rate": 0.0,
    "activity": {"log_mean": 2.0, "log_sd": 1.0},
}


def leaning(words: tuple[str, ...], preferred: str) -> dict[str, float]:
    """`LEAD` for what is preferred, the rest spread evenly over the other words."""
    rest = (1 - LEAD) / (len(words) - 1)
    return {word: LEAD if word == preferred else rest for word in words}


def fill(entry: dict[str, Any], entries: int) -> dict[str, Any]:
    """The entry with every field; what was not given is a default and named in `assumed`.

    Fields that follow from others (shares from the preferred word, tables from the shares) are
    filled after them. `entries` is how many personas share the people.
    """
    full = {**PLAIN, "share": 1.0 / entries, **entry}
    for field, words, preferred in (
        ("category", CATEGORIES, "preferred_category"),
        ("intensity", INTENSITIES, "preferred_intensity"),
        ("language", LANGUAGES, "preferred_language"),
    ):
        if not full.get(field):
            full[field] = leaning(words, full[preferred])
    full.setdefault("text_language", full["language"])
    full["intensity_by_category"] = {
        category: full.get("intensity_by_category", {}).get(category) or full["intensity"]
        for category in CATEGORIES
    }
    full["language_by_text_language"] = {
        text: full.get("language_by_text_language", {}).get(text) or _answers(text, full)
        for text in LANGUAGES
    }
    alike = _alike(full["concentration"])
    full["concentrations"] = {**alike, **full.get("concentrations", {})}
    full["choice"] = {**CHOICE, **full.get("choice", {})}
    middle = full["text_length"]["p50"]
    full["text_length"] = {"p10": 0.4 * middle, "p90": 2.5 * middle, **full["text_length"]}
    full["assumed"] = _assumed(entry, full)
    return full


def _alike(concentration: float) -> dict[str, float]:
    names = ("category", "intensity", "text_language", "language", "accept", "custom", "hours")
    return dict.fromkeys(names, concentration)


def _answers(text: str, full: dict[str, Any]) -> dict[str, float]:
    """Languages that a text is rewritten into: mostly its own, else the persona's."""
    own = {word: SAME_LANGUAGE if word == text else 0.0 for word in LANGUAGES}
    return {word: own[word] + (1 - SAME_LANGUAGE) * full["language"].get(word, 0.0) for word in own}


def _assumed(entry: dict[str, Any], full: dict[str, Any]) -> list[str]:
    """What the entry itself lists, and what it left out (`choice.leave` for a part of a field)."""
    left_out = {field for field in full if field != "assumed" and entry.get(field, {}) == {}}
    if entry.get("choice"):
        left_out |= {f"choice.{part}" for part in CHOICE if part not in entry["choice"]}
    return sorted({*entry.get("assumed", []), *left_out})
