"""The file in which a person says what an export's words mean, read and checked."""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from rec_assets.raw.spellings import EVENTS, FIELDS
from rec_assets.raw.vocabulary import OPTIONS, OWN, Vocabulary
from resources.errors import Mendable
from resources.settings import Settings

SECTIONS: Final = ("fields", "values", "events")


class MappingError(Mendable, ValueError):
    """The mapping cannot be used; the message names the file, the entry and what is allowed."""


def vocabulary_of(settings: Settings) -> Vocabulary:
    """The known spellings, with the mapping of REC_FIELD_MAPPING or REC_HOME where there is one."""
    asked = settings.field_mapping is not None
    return read_mapping(settings.mapping_path) if asked or settings.mapping_path.exists() else OWN


def read_mapping(path: Path) -> Vocabulary:
    """The vocabulary of a mapping file: JSON, or TOML by its name.

    Entries left empty ("") are left out, so a suggested file can be filled in by and by.
    MappingError when it cannot be read or says what cannot be.
    """
    content = _content(path)
    for section in content:
        if section not in SECTIONS:
            raise _error(path, f"{section!r} is no part of it", SECTIONS, section)
    fields, events = (_filled(path, name, content.get(name, {})) for name in ("fields", "events"))
    values = {
        ours: _filled(path, f"values.{ours}", words)
        for ours, words in _object(path, "values", content.get("values", {})).items()
    }
    for ours in values:
        if ours not in OPTIONS:
            raise _error(path, f"values.{ours}: only options have values", OPTIONS, ours)
    _check(path, "fields", fields, FIELDS)
    _check(path, "events", events, EVENTS)
    for ours, words in values.items():
        _check(path, f"values.{ours}", words, OPTIONS[ours])
    return Vocabulary(fields, values, events)


def _content(path: Path) -> Mapping[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except OSError as error:
        raise MappingError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        kind = "TOML" if path.suffix == ".toml" else "JSON"
        raise MappingError(f"{path.name} is not {kind}: {error}") from None
    return _object(path, "the file", content)


def _object(path: Path, where: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise MappingError(f"{path.name}: {where} must be an object of theirs to ours")
    return value


def _filled(path: Path, where: str, value: object) -> dict[str, str]:
    pairs = _object(path, where, value)
    for theirs, ours in pairs.items():
        if not isinstance(ours, str):
            raise MappingError(f"{path.name}: {where}, {theirs!r} must be given a word of ours")
    return {theirs: ours for theirs, ours in pairs.items() if ours}


def _check(path: Path, where: str, pairs: Mapping[str, str], allowed: Iterable[str]) -> None:
    for theirs, ours in pairs.items():
        if ours not in allowed:
            raise _error(path, f"{where}, {theirs!r} is said to be {ours!r}", allowed, ours)


def _error(path: Path, what: str, allowed: Iterable[str], given: str) -> MappingError:
    near = difflib.get_close_matches(given, list(allowed), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return MappingError(f"{path.name}: {what}; expected one of {', '.join(allowed)}{hint}")
