"""Which files of the inbox have arrived: new or changed, and no longer being written."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from rec_assets.raw.inbox_names import in_order, is_hidden, name_of, why_refused
from rec_assets.raw.open_export import content_hash

FILES_A_TICK: Final = 20
# A tick has 60 seconds, and a slow disk reads 50 MB in one of them. A larger file is told by its
# size and time alone: whether its content is new, the load finds out.
HASHED_A_TICK: Final = 256 << 20  # bytes

# name → look (size, modified and changed in ns), whether that look was dealt with, and how often
# the file had been emptied by then: the cursor
Seen = dict[str, dict[str, Any]]
NONE_EMPTIED: Final[Mapping[str, int]] = {}


class InboxFile(NamedTuple):
    """A file as a look into the inbox sees it."""

    path: Path
    size: int
    modified_ns: int
    changed_ns: int  # when this file got its name or its bytes: no copying tool can set it back

    @property
    def name(self) -> str:
        """By which it is known: in composed characters, whatever it is called on disk."""
        return name_of(self.path)

    @property
    def look(self) -> list[int]:
        """What must be the same on two looks."""
        return [self.size, self.modified_ns, self.changed_ns]

    def content(self) -> str:
        """The content hash, or for a large file what stands for it. OSError: it is unreadable."""
        if self.size > HASHED_A_TICK:
            return f"{self.size}-{self.modified_ns}"
        return content_hash(self.path)


class Arrival(NamedTuple):
    """A file that can be loaded, and what makes this load another than all before it."""

    name: str
    run_key: str


@dataclass
class Visit:
    """What a look into the inbox found: what to load now, and why the others wait."""

    ready: list[Arrival] = field(default_factory=list)
    waiting: dict[str, str] = field(default_factory=dict)  # name → why, in words
    removed: list[str] = field(default_factory=list)
    seen: Seen = field(default_factory=dict)


def list_inbox(folder: Path) -> list[InboxFile]:
    """The visible files of the folder by name, also those that cannot be loaded under theirs."""
    if not folder.is_dir():
        return []
    looks = (_look_at(path) for path in in_order(folder.iterdir()) if not is_hidden(path.name))
    return [file for file in looks if file is not None]


def _look_at(path: Path) -> InboxFile | None:
    """None for what is no file, or not any more."""
    try:
        if not path.is_file():
            return None
        stat = path.stat()
    except OSError:
        return None
    return InboxFile(path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def visit(
    files: Sequence[InboxFile],
    before: Seen,
    standing: Callable[[str], str | None],
    loading: Collection[str] = (),
    at_most: int = FILES_A_TICK,
    emptied: Mapping[str, int] = NONE_EMPTIED,
) -> Visit:
    """Files to load now, and what to remember: a file must look the same on two looks.

    `standing` says which content of a file stands in the store, `loading` names those that are
    being loaded. `emptied` counts for a file how often its rows were taken out again, because
    another of the same content was written into while it was read: each time it is loaded anew. A
    file is hashed once for each look, and no more than HASHED_A_TICK bytes a visit.
    """
    found = Visit()
    known_by, found.waiting = _by_name(files)
    found.removed = sorted(before.keys() - known_by.keys())
    unread = HASHED_A_TICK
    for name, file in known_by.items():
        known = before.get(name, {})
        same = known.get("look") == file.look
        times, answered = emptied.get(name, 0), known.get("emptied", 0)
        done = same and known["done"] and times <= answered
        found.seen[name] = {"look": file.look, "done": done, "emptied": answered}
        if done:
            continue
        if why := _why_it_waits(file, same, loading, len(found.ready) >= at_most, unread):
            found.waiting[name] = why
            continue
        try:
            content = file.content()
        except OSError as error:
            found.waiting[name] = f"cannot be read ({error.strerror})"
            continue
        unread -= file.size if file.size <= HASHED_A_TICK else 0
        found.seen[name].update(done=True, emptied=max(times, answered))
        if standing(name) != content:
            found.ready.append(Arrival(name, run_key(file, content, times)))
    return found


def _by_name(files: Sequence[InboxFile]) -> tuple[dict[str, InboxFile], dict[str, str]]:
    """The files that can be loaded, by name; and why the others cannot, by a name to print."""
    one_each, others = dict[str, InboxFile](), dict[str, str]()
    for file in files:
        if why := why_refused(file.path.name):
            others[ascii(file.path.name)] = why
        elif file is not one_each.setdefault(file.name, file):
            same = ascii(file.name)
            others[ascii(file.path.name)] = f"has the name of {same} in other characters: rename it"
    return one_each, others


def _why_it_waits(
    file: InboxFile, same: bool, loading: Collection[str], enough: bool, unread: int
) -> str:
    if not file.size:
        return "is empty (0 bytes): whoever writes it has not begun, or failed"
    if not same:
        return "was not seen like this before: it may still be written"
    if file.name in loading:
        return "is being loaded"
    if enough or (file.size <= HASHED_A_TICK and file.size > unread):
        return "takes its turn with the next tick"
    return ""


def run_key(file: InboxFile, content: str, emptied: int = 0) -> str:
    """What makes a load the same load: name, content, when the file got there, how often emptied.

    Dagster never runs a key twice: without the moment, a file whose former content comes back would
    not be loaded, and without the count one that lies there unchanged and lost its rows.
    """
    return f"{file.name}:{content}:{file.changed_ns}" + (f":{emptied}" if emptied else "")


def run_key_of(path: Path) -> str:
    """The key under which the sensor would ask for the file as it lies there. OSError as stat."""
    stat = path.stat()
    file = InboxFile(path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
    return run_key(file, file.content())


def read_cursor(cursor: str | None) -> Seen:
    """What the tick before remembered; nothing where it cannot be read."""
    try:
        seen = json.loads(cursor or "{}")
    except ValueError:
        return {}
    kept = {name: entry for name, entry in seen.items() if isinstance(entry, Mapping)}
    return {
        name: {"look": e.get("look"), "done": bool(e.get("done")), "emptied": e.get("emptied", 0)}
        for name, e in kept.items()
    }


def write_cursor(seen: Seen) -> str:
    """The same as text."""
    return json.dumps(seen, sort_keys=True)
