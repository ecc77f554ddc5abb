"""Which fields of a kind of row were understood as what, how often, and which were not used."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from rec_assets.raw import tallies
from rec_assets.raw.kinds import HISTORY
from rec_assets.raw.spellings import NESTS, RUN, SELECTION
from rec_assets.raw.vocabulary import Vocabulary
from resources.records import Row

_EVENT: Final = ("user_id", "distinct_id", "device_id", "insert_id", "time")
# What mining reads of each kind of row: what is absent is told too.
WANTED: Final = {
    RUN: (*_EVENT, "category", "intensity", "language", "tone", "length"),
    SELECTION: (*_EVENT, "category", "intensity", "index", "total"),
    HISTORY: (
        "user", "created_at", "category", "intensity", "tone", "input", "outputs", "index",
        "prompt",
    ),
}  # fmt: skip


class Coverage:
    """Grows row by row; memory is bounded however many different keys there are."""

    def __init__(self, kind: str) -> None:
        self.rows = 0
        self.unused: Counter[str] = Counter()
        self._kind = kind
        self._filled: Counter[str] = Counter()
        self._spelt: dict[str, Counter[str]] = {}

    def add(self, raw: Row, fields: Row, vocabulary: Vocabulary) -> None:
        """Count which fields the row has. `fields` are those that were understood."""
        self.rows += 1
        self._filled.update(name for name, value in fields.items() if value is not None)
        heads = set()
        for name, path, _ in vocabulary.nested(raw):
            heads.add(path[0])
            tallies.count(self._spelt.setdefault(name, Counter()), ".".join(path))
        for layer in (raw, *(raw[nest] for nest in NESTS if isinstance(raw.get(nest), dict))):
            for key, value in layer.items():
                outer = layer is raw and (key in (*NESTS, "_id") or key in heads)
                if value is not None and not outer:
                    self._count(str(key), vocabulary)

    def understood(self) -> dict[str, Any]:
        """Our name → the spellings it came under and the share of rows that have it.

        Fields that mining reads come with a share of 0 where they are absent.
        """
        wanted = WANTED.get(self._kind, ())
        names = [*wanted, *sorted(set(self._spelt) - set(wanted))]
        return {
            name: {
                "share": round(self._filled[name] / self.rows, 4),
                "as": sorted(self._spelt.get(name, ())),
            }
            for name in names
            if name in wanted or self._filled[name]
        }

    def _count(self, key: str, vocabulary: Vocabulary) -> None:
        ours = [name for name in vocabulary.ours(key) if self._meant(name)]
        for name in ours:
            tallies.count(self._spelt.setdefault(name, Counter()), key)
        if not ours:
            tallies.count(self.unused, tallies.worded(key))

    def _meant(self, name: str) -> bool:
        """Whether a field of that name is read in this kind of row: `index` in a run is not."""
        wanted = WANTED.get(self._kind)
        return wanted is None or name in wanted or name == "event"
