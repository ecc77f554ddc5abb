"""Which files of the inbox have arrived: new or changed, and no longer being written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rec_assets.raw.blocks import content_hash

# name → [size, modified in ns, content hash that was asked for, or "" while it is still waiting]
Seen = dict[str, list[int | str]]


class InboxFile(NamedTuple):
    """A file as a look into the inbox sees it."""

    path: Path
    size: int
    modified_ns: int


class Arrival(NamedTuple):
    """A file that can be loaded."""

    name: str
    content_hash: str


def list_inbox(folder: Path) -> list[InboxFile]:
    """The visible files of the folder by name, those with a name in UTF-8; none without folder."""
    if not folder.is_dir():
        return []
    files = [p for p in sorted(folder.iterdir()) if p.is_file() and is_visible(p.name)]
    return [InboxFile(p, (stat := p.stat()).st_size, stat.st_mtime_ns) for p in files]


def is_visible(name: str) -> bool:
    """Whether a file of this name is looked at: not hidden, and a name that a store can hold."""
    return not name.startswith(".") and name.isprintable()


def arrivals(
    files: Sequence[InboxFile], before: Mapping[str, Sequence[int | str]], at_most: int
) -> tuple[list[Arrival], Seen]:
    """Files to load now, and what to remember: a file must look the same on two looks."""
    ready: list[Arrival] = []
    seen: Seen = {}
    for file in files:
        name, look = file.path.name, [file.size, file.modified_ns]
        known = before.get(name)
        asked = str(known[2]) if known else ""
        same = known is not None and list(known[:2]) == look
        if same and not asked and len(ready) < at_most:
            asked = content_hash(file.path)
            ready.append(Arrival(name, asked))
        seen[name] = [*look, asked if same else ""]
    return ready, seen


def run_key(name: str, content: str) -> str:
    """What makes a load the same load: the file's name and content."""
    return f"{name}:{content}"
