"""How a dry run looks to a person at the command line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console


def show_inspection(console: Console, result: Mapping[str, Any], suggested: Path | None) -> None:
    """Each file, then what mining could do, then a mapping for what was not understood."""

    def say(line: str) -> None:
        console.print(line, markup=False, highlight=False, soft_wrap=True)

    for name, file in result["files"].items():
        _show_file(say, name, file)
    say(result["mining"]["sentence"])
    mapping = result["mapping"]
    if any(mapping.values()):
        where = f"written to {suggested}" if suggested else "to fill in and pass as --mapping FILE"
        say(f"not understood; {where} (what stays empty is left out):")
        if suggested is None:
            say(json.dumps(mapping, ensure_ascii=False, indent=2))
    say("nothing was loaded.")


def _show_file(say: Any, name: str, file: Mapping[str, Any]) -> None:
    kinds = ", ".join(f"{n:,} {kind}" for kind, n in file["kinds"].items()) or "none usable"
    say(f"{name}: {file['format']}, {file['rows']:,} rows ({kinds})")
    if file["from"]:
        say(f"  {file['from']} … {file['to']}, {file['users']:,} people")
    for kind, understood in file["fields"].items():
        say(f"  understood in {kind}: {_fields(understood)}")
    for kind, unused in file["not_used"].items():
        say(f"  not used in {kind}: {_counts(unused)}")
    for field, unknown in file["unknown_values"].items():
        say(f"  {field}, not known: {_counts(unknown)}")
    if file["unknown_events"]:
        say(f"  events kept, not used: {_counts(file['unknown_events'])}")
    for label, found in file["quarantined"].items():
        rows = ", ".join(map(str, found["positions"]))
        say(f"  would be put aside: {found['count']:,} × {label} (rows {rows}): {found['example']}")


def _fields(understood: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{ours} ← {'|'.join(field['as'])} {field['share']:.0%}" if field["as"] else f"{ours} –"
        for ours, field in understood.items()
    )


def _counts(tally: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in tally.items())
