"""What a check found: faults counted by kind with the first ids of each, and a sentence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

NAMED: Final = 5  # offending ids that are named of a kind; beyond them they are counted


@dataclass
class Faults:
    """How many rows are wrong, by what is wrong with them; memory does not grow with their number.

    Named are ids and numbers, never what people wrote.
    """

    counts: Counter[str] = field(default_factory=Counter)
    named: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: str, offender: str) -> None:
        """One more fault of this kind."""
        self.counts[kind] += 1
        if len(self.named[kind]) < NAMED:
            self.named[kind].append(offender)

    def add_all(self, pairs: Iterable[tuple[str, str]]) -> None:
        """A fault for each pair of kind and offender."""
        for kind, offender in pairs:
            self.add(kind, offender)

    def take(self, other: Faults) -> None:
        """Add what was found elsewhere."""
        self.counts.update(other.counts)
        for kind, offenders in other.named.items():
            self.named[kind] = [*self.named[kind], *offenders][:NAMED]

    @property
    def total(self) -> int:
        """All faults."""
        return self.counts.total()

    def sentence(self) -> str:
        """Each kind with its number and its first ids; empty without a fault."""
        return "; ".join(
            f"{number:,} × {kind} ({', '.join(self.named[kind])}"
            f"{', …' if number > len(self.named[kind]) else ''})"
            for kind, number in sorted(self.counts.items())
        )

    def offending(self) -> dict[str, Any]:
        """Number and first ids by kind, for metadata."""
        return {
            kind: {"faults": number, "named": self.named[kind]}
            for kind, number in sorted(self.counts.items())
        }


@dataclass(frozen=True)
class Finding:
    """Whether it holds, in a sentence, with the figures and bounds that say so.

    `stops`: a blocking check that does not hold stops what is downstream only if this is true.
    """

    holds: bool
    sentence: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    offending: Mapping[str, Any] = field(default_factory=dict)
    stops: bool = True


def found(faults: Faults, sound: str, figures: Mapping[str, Any]) -> Finding:
    """The finding of a check that counts faults; `sound` is its sentence without any."""
    figures = {**figures, "faults": faults.total, "ids_named_per_kind": NAMED}
    return Finding(not faults.total, faults.sentence() or sound, figures, faults.offending())
