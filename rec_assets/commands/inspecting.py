"""`recwheel load --dry-run`: what an export is and what mining could do; no store is opened."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console

from rec_assets.personas.people import FEWEST
from rec_assets.raw.field_mapping import MappingError, read_mapping, vocabulary_of
from rec_assets.raw.inspection import OTHER, Inspection, inspect_file
from rec_assets.raw.kinds import UNKNOWN
from rec_assets.raw.spellings import RUN
from resources.settings import Settings


def dry_run(
    console: Console, paths: Sequence[Path], mapping: Path | None, suggest: Path | None
) -> dict[str, Any]:
    """What loading the files would find, shown to a person and as plain data.

    `suggest` gets a mapping to fill in. MappingError when there is such a file already.
    """
    from rec_assets.commands.showing_inspection import show_inspection

    vocabulary = vocabulary_of(Settings()) if mapping is None else read_mapping(mapping)
    together = Inspection()
    files = {}
    with console.status("reading") as status:
        for path in paths:
            status.update(f"reading {path.name}")
            files[str(path)] = inspect_file(path, vocabulary, together)
    result = {
        "files": files,
        "mining": verdict(together),
        "mapping": suggestion([*files.values()]),
    }
    if suggest is not None:
        write_suggestion(suggest, result["mapping"])
    show_inspection(console, result, suggest)
    return result


def verdict(found: Inspection) -> dict[str, Any]:
    """How many people have a run that mining can use, and what that is enough for."""
    runs = found.runs_by_person()
    people = len(runs)
    middle = median(runs) if runs else 0
    if not people:
        sentence = (
            "Nobody has a run with category, intensity and language: not enough for personas. "
            "Look at what was not understood, and map it."
        )
    elif people < FEWEST:
        sentence = (
            f"{people} people with at least one run: not enough to look for groups, because "
            f"{FEWEST} are needed; mining would make one persona of all."
        )
    else:
        sentence = (
            f"{people} people with at least one run, {middle:g} in the median: enough to look for "
            "groups. How many there are, mining tells."
        )
    return {
        "people": people,
        "median_runs": middle,
        "enough": people >= FEWEST,
        "sentence": sentence,
    }


def suggestion(files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A mapping with everything that was not understood, to be filled in: "" is left out on use."""
    fields = {
        name
        for file in files
        for kind, unused in file["not_used"].items()
        if kind == UNKNOWN or _lacks(kind, file["fields"])
        for name in unused
    }
    values: dict[str, dict[str, str]] = {}
    for file in files:
        for name, unknown in file["unknown_values"].items():
            values.setdefault(name, {}).update(dict.fromkeys(unknown, ""))
    events = {name for file in files for name in file["unknown_events"]}
    return {
        "fields": dict.fromkeys(sorted(fields), ""),
        "values": {name: dict(sorted(words.items())) for name, words in sorted(values.items())},
        "events": dict.fromkeys(sorted(events), ""),
    }


def write_suggestion(path: Path, mapping: Mapping[str, Any]) -> None:
    """Write the mapping where no file is yet."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(json.dumps(mapping, ensure_ascii=False, indent=2) + "\n")
    except FileExistsError:
        raise MappingError(f"{path} is there already: name another file for --suggest") from None


def _lacks(kind: str, fields: Mapping[str, Any]) -> bool:
    """Whether mining misses something here: a field of this kind, or any run at all."""
    if kind == OTHER:
        return RUN not in fields
    return any(field["share"] == 0 for field in fields[kind].values())
