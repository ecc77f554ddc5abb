"""One log store's whole state made to stand in another: resumable, compared at the end.

Both stores give rows in the order of `_id`, so a copy is a merge: what stands is read and left,
what is missing or other is written, what is too much is removed. Cut off anywhere, the same merge
goes on. A marker in the target says that its rows are an unfinished copy and of what; without it
a target that holds anything is somebody's state and not touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from resources.errors import Mendable
from resources.log_store import LogStore
from resources.records import ALL_COLLECTIONS, MANIFESTS
from resources.state_content import COPY, Content, Seen, Watch, compare
from resources.state_digest import state_digests
from resources.state_merge import Changes, merge

# Manifests last: a state cut off before never claims that a day is complete.
ORDER: Final = (*(name for name in ALL_COLLECTIONS if name != MANIFESTS), MANIFESTS)
MARKER, MARKER_ID = "unfinished_copy", "copy"  # collection and `_id`, in the target only


class CopyRefused(Mendable, RuntimeError):
    """The target holds what is not a copy of this source; nothing was written."""


class StatesDiffer(Mendable, RuntimeError):
    """The two states are not equal at the end; the message says where."""


class Copied(NamedTuple):
    """A finished copy: what stands on both sides, and what this call did for it."""

    resumed: bool
    changes: Changes
    contents: dict[str, Content]  # by collection
    digests: dict[str, str]  # those that `recwheel status` shows


def copy_state(source: LogStore, target: LogStore, origin: str, watch: Watch) -> Copied:
    """Make the target hold exactly the source's rows; both are read again to compare them.

    `origin` names the source without secrets. CopyRefused before anything is written when the
    target holds another state; StatesDiffer when the source kept changing.
    """
    resumed = _claim(source, target, origin)
    changes, contents = Changes(), dict[str, Content]()
    unequal: Sequence[str] = ORDER if resumed is not None else ()
    for _ in range(2):  # once more for what changed meanwhile
        changes = changes.plus(_merge_all(source, target, unequal, watch))
        here, there = compare(source, target, unequal or ORDER, watch)
        contents |= there
        unequal = [name for name in here if here[name] != there[name]]
        if not unequal:
            break
        if resumed is None:
            raise _taken(unequal, here, there)
    else:
        raise StatesDiffer(_unequal(_named(unequal, here, there)))
    digests = state_digests(source)
    if digests != state_digests(target):
        raise StatesDiffer(_unequal("rows changed while they were compared"))
    target.delete(MARKER, {})
    return Copied(bool(resumed), changes, contents, digests)


def _claim(source: LogStore, target: LogStore, origin: str) -> bool | None:
    """Whether a copy is resumed; None when rows of unknown origin stand that may yet be equal."""
    marker = target.get(MARKER, [MARKER_ID]).get(MARKER_ID)
    if marker is not None:
        if marker["source"] != origin:
            raise CopyRefused(
                f"the target holds an unfinished copy of {marker['source']}, this is {origin}: "
                "finish that one, or name an empty target"
            )
        return True
    here = {name: source.count(name) for name in ORDER}
    there = {name: target.count(name) for name in ORDER}
    if not any(there.values()):
        target.put(MARKER, [{"_id": MARKER_ID, "source": origin}]).whole()
        return False
    if here != there:
        contents = [{n: Content(k, "") for n, k in counts.items()} for counts in (here, there)]
        raise _taken([name for name in ORDER if here[name] != there[name]], *contents)
    return None


def _taken(
    unequal: Sequence[str], here: dict[str, Content], there: dict[str, Content]
) -> CopyRefused:
    return CopyRefused(
        f"the target holds another state, and nothing was written to it: "
        f"{_named(unequal, here, there)}. Name an empty target"
    )


def _unequal(where: str) -> str:
    return (
        f"the copy is not equal: {where}. Something writes to one of the two: end it and repeat "
        "the command, what stands is not copied again"
    )


def _named(unequal: Sequence[str], here: dict[str, Content], there: dict[str, Content]) -> str:
    return "; ".join(
        f"{name} {here[name].rows:,} rows here, {there[name].rows:,} there"
        + (", other content" if here[name].rows == there[name].rows else "")
        for name in unequal
    )


def _merge_all(
    source: LogStore, target: LogStore, collections: Sequence[str], watch: Watch
) -> Changes:
    seen = Seen(watch, COPY, sum(source.count(name) for name in collections))
    changes = Changes()
    for name in collections:
        changes = changes.plus(merge(source, target, name, seen.of(name)))
    return changes
