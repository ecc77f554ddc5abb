"""Reads what a person may have edited into nonsense, and says which entry, which field, and why."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NoReturn, TypeGuard

import msgspec

from rec_api.words import TEXT_LENGTH
from rec_assets.personas.persona import Persona, PersonaError
from rec_assets.personas.persona_defaults import fill
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES

REQUIRED: Final = (
    "name",
    "preferred_category",
    "preferred_intensity",
    "style_prompt",
    "accept_rate",
)
WORDS: Final = {
    "preferred_category": CATEGORIES,
    "preferred_intensity": INTENSITIES,
    "preferred_language": LANGUAGES,
    "origin": ("mined", "manual"),
}
SHARES: Final = {
    "category": CATEGORIES,
    "intensity": INTENSITIES,
    "language": LANGUAGES,
    "text_language": LANGUAGES,
}
TABLES: Final = {
    "intensity_by_category": (CATEGORIES, INTENSITIES),
    "language_by_text_language": (LANGUAGES, LANGUAGES),
}
_RATE: Final = (0.0, 1.0)
_SIZE: Final = (1e-6, 1e9)
LENGTHS: Final = (1.0, float(TEXT_LENGTH))  # of a text that a bot can send to the service
RANGES: Final = {
    "accept_rate": _RATE, "custom_rate": _RATE, "edit_rate": _RATE, "prompt_rate": _RATE,
    "share": (1e-6, 1.0), "stability": (-1.0, 1.0), "users": (0, 1e12), "events": (0, 1e12),
    "concentration": _SIZE, "session_length.mean": (1.0, 1e6),
    "text_length.p10": (0.0, LENGTHS[1]), "text_length.p50": LENGTHS, "text_length.p90": LENGTHS,
    "concentrations.category": _SIZE, "concentrations.intensity": _SIZE,
    "concentrations.text_language": _SIZE, "concentrations.language": _SIZE,
    "concentrations.accept": _SIZE, "concentrations.custom": _SIZE, "concentrations.hours": _SIZE,
    "activity.log_mean": (-10.0, 20.0), "activity.log_sd": (0.0, 5.0),
    "choice.position_bias": (-10.0, 10.0), "choice.satisficing": _RATE,
    "choice.sensitivity": (0.0, 50.0),
    "choice.leave": (1e-6, 1 - 1e-6), "choice.strictness": (0.0, 50.0),
}  # fmt: skip
SLACK: Final = 0.02  # shares are written with four digits and edited by people


def parse(path: Path) -> list[dict[str, Any]]:
    """The file's list of entries, unchecked; PersonaError with line and column if it is no JSON."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=_not_finite)
    except OSError as error:
        raise PersonaError(f"{path} cannot be read: {error.strerror}") from error
    except json.JSONDecodeError as error:
        raise PersonaError(
            f"{path.name} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        ) from None
    except ValueError as error:
        raise PersonaError(f"{path.name} cannot be read: {error}") from None
    if not isinstance(entries, list) or not entries:
        raise PersonaError(f"{path.name} must be a list of at least one persona: [{{…}}, …]")
    return entries


def complete(entries: Sequence[Any]) -> list[Persona]:
    """The entries as personas, defaults filled in; PersonaError at the first that cannot be one."""
    personas = [_persona(entry, f"entry {n}", len(entries)) for n, entry in enumerate(entries, 1)]
    first: dict[str, int] = {}
    for number, persona in enumerate(personas, start=1):
        if first.setdefault(persona.name, number) != number:
            _fail(f"entry {number}", "name", f"{persona.name!r} is also entry "
                  f"{first[persona.name]}'s name; every persona needs its own")  # fmt: skip
    return personas


def _persona(entry: Any, where: str, entries: int) -> Persona:
    if not isinstance(entry, dict):
        raise PersonaError(f"personas.json, {where} is {_kind(entry)}; it must be an object {{…}}")
    if isinstance(entry.get("name"), str):
        where = f"{where} ({entry['name']})"
    _check_fields(entry, where)
    _check_words(entry, where)
    entry = {**entry, **_check_shares(entry, where)}
    _check_ranges(entry, where)
    full = fill(entry, entries)
    try:
        persona = msgspec.convert(full, Persona)
    except msgspec.ValidationError as error:
        reason, _, field = str(error).partition(" - at `$.")
        raise PersonaError(f"personas.json, {where}: {field.rstrip('`')}: {reason}") from None
    _check_sense(persona, where)
    return persona


def _check_fields(entry: dict[str, Any], where: str) -> None:
    for field in REQUIRED:
        if field not in entry:
            _fail(where, field, "is missing; every persona has " + ", ".join(REQUIRED))
    for field in set(entry) - set(Persona.__struct_fields__):
        near = difflib.get_close_matches(field, Persona.__struct_fields__, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        _fail(where, field, f"is not a field of a persona{hint}")
    for field in ("name", "style_prompt"):
        if not isinstance(entry[field], str) or not entry[field].strip():
            _fail(where, field, "must be a text that is not empty")


def _check_words(entry: dict[str, Any], where: str) -> None:
    for field, allowed in WORDS.items():
        if field in entry and entry[field] not in allowed:
            _fail(where, field, f"is {_kind(entry[field])}; it must be one of {_list(allowed)}")


def _check_shares(entry: dict[str, Any], where: str) -> dict[str, Any]:
    """The entry's shares, each summing to 1: words left out get an equal part of what is left."""
    checked: dict[str, Any] = {}
    for field, words in SHARES.items():
        if entry.get(field, {}) != {}:
            checked[field] = _shares(entry[field], words, where, field)
    for field, (keys, words) in TABLES.items():
        table = entry.get(field, {})
        if not isinstance(table, dict) or not set(table) <= set(keys):
            _fail(where, field, f"must be an object whose keys are among {_list(keys)}")
        checked[field] = {
            key: _shares(table[key], words, where, f"{field}.{key}") for key in table if table[key]
        }
    return checked


def _shares(given: Any, words: tuple[str, ...], where: str, field: str) -> dict[str, float]:
    if not isinstance(given, dict) or not set(given) <= set(words):
        _fail(where, field, f"must give shares to words among {_list(words)}")
    for word, share in given.items():
        if not _number(share) or not 0 <= share <= 1:
            _fail(where, f"{field}.{word}", f"is {_kind(share)}; a share is a number from 0 to 1")
    total, open_words = math.fsum(given.values()), [w for w in words if w not in given]
    if total > 1 + SLACK or (total < 1 - SLACK and not open_words):
        _fail(where, field, f"sums to {total:g}; shares sum to 1")
    rest = max(0.0, 1 - total) / max(1, len(open_words))
    full = {word: given.get(word, rest) for word in words}
    return {word: share / math.fsum(full.values()) for word, share in full.items()}


def _check_ranges(entry: dict[str, Any], where: str) -> None:
    for path, (low, high) in RANGES.items():
        field, _, part = path.partition(".")
        value = entry.get(field)
        if part:
            value = value.get(part) if isinstance(value, dict) else None
        given = field in entry if not part else value is not None
        if given and not (_number(value) and low <= value <= high):
            _fail(where, path, f"is {_kind(value)}; it must be a number from {low:g} to {high:g}")
    hours = entry.get("hours", [1] * 24)
    if (
        not isinstance(hours, list) or len(hours) != 24
        or not all(_number(hour) and hour >= 0 for hour in hours) or sum(hours) <= 0
    ):  # fmt: skip
        _fail(where, "hours", "must be 24 numbers from 0 up, not all 0")


def _check_sense(persona: Persona, where: str) -> None:
    """What is preferred must be the most frequent: bots follow the shares, criterion 3 the word."""
    category, intensity = persona.preferred_category, persona.preferred_intensity
    for field, word, shares in (
        ("category", category, persona.category),
        (f"intensity_by_category.{category}", intensity, persona.intensity_by_category[category]),
    ):
        if shares[word] < max(shares.values()):
            most = max(shares, key=lambda other: shares[other])
            _fail(where, field, f"gives {most} more ({shares[most]:g}) than the preferred {word} "
                  f"({shares[word]:g}); change both, or leave {field} out")  # fmt: skip
    if not persona.text_length.p10 <= persona.text_length.p50 <= persona.text_length.p90:
        _fail(where, "text_length", "p10, p50, p90 must ascend")


def _fail(where: str, field: str, reason: str) -> NoReturn:
    raise PersonaError(f"personas.json, {where}: {field} {reason}")


def _number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _kind(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "…"


def _list(words: Sequence[str]) -> str:
    return ", ".join(words)


def _not_finite(constant: str) -> NoReturn:
    raise ValueError(f"it holds {constant}, which is no number that JSON knows")
