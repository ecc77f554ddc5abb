"""Names of the inbox's files: which can be loaded, and which two are one.

A file is known by its name in Unicode's composed form (NFC), whatever form it has on disk: a copy
from a Mac may arrive decomposed, and must not be another file than the one it is a copy of.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Final

# Control characters break a log's lines and Dagster's interface; half characters (bytes that are
# no UTF-8) no store takes.
REFUSED: Final = {"Cc": "a control character", "Cs": "bytes that are no UTF-8"}


def is_hidden(name: str) -> bool:
    """Whether a file of this name is never looked at: something still makes it."""
    return name.startswith(".")


def name_of(path: Path) -> str:
    """The name by which the file is known to Dagster and to the store."""
    return unicodedata.normalize("NFC", path.name)


def why_refused(name: str) -> str:
    """Why files of this name cannot be loaded, in words that follow it; empty: they can."""
    found = [REFUSED[kind] for kind in map(unicodedata.category, name) if kind in REFUSED]
    return f"is no name for the inbox, it holds {found[0]}: rename it" if found else ""


def in_order(paths: Iterable[Path]) -> list[Path]:
    """By name; of two that are one, the composed one first: it is the one that counts."""
    return sorted(paths, key=lambda path: (name_of(path), path.name != name_of(path), path.name))


def path_of(folder: Path, name: str) -> Path:
    """Where the file of this name (NFC) lies or, if there is none, would lie."""
    exact = folder / name
    if exact.exists() or not folder.is_dir():
        return exact
    return next((path for path in in_order(folder.iterdir()) if name_of(path) == name), exact)
