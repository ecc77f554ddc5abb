"""What a load found: counts by kind, by fault and by event name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

FIRST_POSITIONS: Final = 5
DISTINCT_NAMES: Final = 100  # of unknown events; the others are counted together
OTHER_NAMES: Final = "(others)"
NAME_LENGTH: Final = 80


@dataclass
class LoadSummary:
    """What came of one file. `rows` = the usable ones by `kinds` + the `quarantined` ones by fault.

    Of each fault `positions` holds where the first rows are and `examples` the first sentence.
    `stored_new` and `quarantined_new` are 0 when the same file is loaded again, and in a dry run.
    """

    source: str
    content_hash: str
    rows: int = 0
    stored_new: int = 0
    quarantined_new: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    quarantined: dict[str, int] = field(default_factory=dict)
    positions: dict[str, list[int]] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)
    repeated_insert_ids: int = 0
    unknown_events: dict[str, int] = field(default_factory=dict)

    def usable(self, kinds: Mapping[str, int]) -> None:
        """Count rows that go to the raw store."""
        for kind, rows in kinds.items():
            self.rows += rows
            self.kinds[kind] = self.kinds.get(kind, 0) + rows

    def faulty(self, label: str, reason: str, position: int) -> None:
        """Count a row that goes to quarantine."""
        self.rows += 1
        self.quarantined[label] = self.quarantined.get(label, 0) + 1
        self.examples.setdefault(label, reason)
        first = self.positions.setdefault(label, [])
        if len(first) < FIRST_POSITIONS:
            first.append(position)

    def refused(self, kind: str, reason: str, position: int) -> None:
        """Move a row that was counted as usable to the faulty ones: the store does not take it."""
        self.rows -= 1
        self.kinds[kind] -= 1
        if not self.kinds[kind]:
            del self.kinds[kind]
        self.faulty("not storable", reason, position)

    def unknown_event(self, name: str) -> None:
        """Count a well-formed event that we do not use; its row is kept."""
        name = name[:NAME_LENGTH]
        if name not in self.unknown_events and len(self.unknown_events) >= DISTINCT_NAMES:
            name = OTHER_NAMES
        self.unknown_events[name] = self.unknown_events.get(name, 0) + 1

    def quarantined_by_reason(self) -> dict[str, dict[str, Any]]:
        """Of each fault how many rows, where the first are, and the first sentence."""
        return {
            label: {
                "count": count,
                "positions": self.positions[label],
                "example": self.examples[label],
            }
            for label, count in sorted(self.quarantined.items())
        }
