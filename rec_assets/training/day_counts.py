"""What a day's H came to in numbers: kept for each day, for checks and plots of later ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import Any, Final

import msgspec

from rec_assets import manifests
from resources.log_store import LogStore
from resources.records import Row, TrainingExample

ASSET: Final = "example_counts"  # of the manifests that keep them
UNKNOWN: Final = "unknown"  # text language
FACTS: Final = (
    "user_id", "origin", "executed", "accepted", "error", "runs", "category", "intensity",
    "language", "text_language",
)  # fmt: skip
WORDS: Final = ("category", "intensity", "language")
_of_row, _of_record = itemgetter(*FACTS), attrgetter(*FACTS)


class DayCounts(msgspec.Struct, kw_only=True):
    """Rows of H by what became of them; options are those executed, by word."""

    examples: int = 0
    simulated: int = 0
    executed: int = 0
    simulated_runs: int = 0  # of those executed
    answered: int = 0  # executed ones of which a C tells what became
    accepted: int = 0
    contradictions: int = 0
    runs: int = 0  # B that H knows: one A may have several
    people: int = 0
    people_executed: int = 0
    people_live: int = 0
    dropped: dict[str, int] = msgspec.field(default_factory=dict)  # B and C, by reason
    category: dict[str, int] = msgspec.field(default_factory=dict)
    intensity: dict[str, int] = msgspec.field(default_factory=dict)
    language: dict[str, int] = msgspec.field(default_factory=dict)
    text_language: dict[str, int] = msgspec.field(default_factory=dict)

    def take(self, rows: Iterable[TrainingExample] | Iterable[Row]) -> None:
        """Count rows of users none of whom was counted before: shards are taken one at a time."""
        people, ran, live = set[str](), set[str](), set[str]()
        for row in rows:
            facts = _of_row(row) if isinstance(row, dict) else _of_record(row)
            self._count(facts, people, ran, live)
        self.people += len(people)
        self.people_executed += len(ran)
        self.people_live += len(live)

    def drop(self, reasons: Mapping[str, int]) -> None:
        """Count B and C that could not be joined."""
        for reason, number in reasons.items():
            _more(self.dropped, reason, number)

    def _count(
        self, facts: tuple[Any, ...], people: set[str], ran: set[str], live: set[str]
    ) -> None:
        user, origin, executed, accepted, error, runs, *options, text_language = facts
        people.add(user)
        if origin == "live":
            live.add(user)
        self.examples += 1
        self.simulated += origin == "simulation"
        self.accepted += accepted
        self.contradictions += error is not None
        self.runs += runs
        _more(self.text_language, text_language or UNKNOWN)
        if executed:
            ran.add(user)
            self.executed += 1
            self.simulated_runs += origin == "simulation"
            for word, value in zip(WORDS, options, strict=True):
                _more(getattr(self, word), value)


def keep_counts(store: LogStore, day: str, counts: DayCounts) -> None:
    """Keep the counts of a day, in place of what was kept of it before."""
    manifests.complete(store, ASSET, day, **msgspec.to_builtins(counts))


def read_counts(store: LogStore, days: Sequence[str]) -> dict[str, DayCounts]:
    """The counts of those of these days that were kept, by day."""
    rows = manifests.read_days(store, ASSET, days)
    return {day: msgspec.convert(row, DayCounts) for day, row in rows.items()}


def simulated_share(store: LogStore, day: str) -> float:
    """Simulated examples among all up to `day`, on which profiles of that day rest; 0 of none."""
    rows = simulated = 0
    for each, kept in manifests.of_asset(store, ASSET).items():
        if each <= day:
            rows += kept["examples"]
            simulated += kept["simulated"]
    return simulated / rows if rows else 0.0


def _more(counts: dict[str, int], word: str, number: int = 1) -> None:
    counts[word] = counts.get(word, 0) + number
