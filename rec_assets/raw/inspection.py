"""What an export is before it is loaded: what was understood, what was not, what mining can do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rec_assets.raw import tallies
from rec_assets.raw.coverage import Coverage
from rec_assets.raw.identities import Identities, Who, who_of
from rec_assets.raw.kinds import EVENT, HISTORY, Reading, understand_row
from rec_assets.raw.load import understand
from rec_assets.raw.makes import make_of
from rec_assets.raw.moments import iso
from rec_assets.raw.reader import RawRow, read_rows
from rec_assets.raw.spellings import RUN, SELECTION
from rec_assets.raw.summary import LoadSummary
from rec_assets.raw.vocabulary import OPTIONS, OWN, Vocabulary

OTHER: Final = "other event"
SHOWN: Final = 20  # values, fields and events of each kind that are told


@dataclass
class Inspection:
    """What was found in one file, or in several one after the other."""

    identities: Identities = field(default_factory=Identities)
    runs: Counter[Who] = field(default_factory=Counter)  # usable runs, by whose they are
    whos: set[Who] = field(default_factory=set)
    first: float | None = None  # unix seconds of the earliest and the latest row
    last: float | None = None
    coverage: dict[str, Coverage] = field(default_factory=dict)  # by kind of row
    unknown_values: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, row: RawRow, reading: Reading, vocabulary: Vocabulary) -> None:
        """Take a row into account."""
        kind = reading.action or OTHER if reading.kind == EVENT else reading.kind
        self.coverage.setdefault(kind, Coverage(kind)).add(row.raw, reading.fields, vocabulary)
        if reading.kind == HISTORY or reading.action in (RUN, SELECTION):
            self._note_unknown_values(reading)
        if reading.fault or reading.kind not in (EVENT, HISTORY) or reading.second is None:
            return
        self.first = min(reading.second, self.first or reading.second)
        self.last = max(reading.second, self.last or reading.second)
        who = who_of(reading)
        self.identities.learn(who)
        self.whos.add(who)
        if reading.action == RUN and all(name in reading.fields for name in OPTIONS):
            self.runs[who] += 1

    def runs_by_person(self) -> list[int]:
        """How many usable runs each person has who has one, most first."""
        people: Counter[tuple[str, str]] = Counter()
        for who, runs in self.runs.items():
            people[self.identities.person(who)] += runs
        return sorted(people.values(), reverse=True)

    def users(self) -> int:
        """How many different people there are in events and correction histories."""
        return len({self.identities.person(who) for who in self.whos})

    def _note_unknown_values(self, reading: Reading) -> None:
        for name, options in OPTIONS.items():
            value = reading.fields.get(name)
            if value is not None and value not in options:
                tally = self.unknown_values.setdefault(name, Counter())
                tallies.count(tally, tallies.worded(value))


def inspect_file(
    path: Path, vocabulary: Vocabulary = OWN, together: Inspection | None = None
) -> dict[str, Any]:
    """What loading the file would find, as plain data; it is read twice and nothing is written.

    `together` takes what it says of people too, for several files. OSError as load_file has it.
    """
    found = Inspection()
    for item in read_rows(path):
        if isinstance(item, RawRow):
            reading = understand_row(item.raw, vocabulary)
            for inspection in (found, together) if together else (found,):
                inspection.add(item, reading, vocabulary)
    return {"format": make_of(path), **_of_load(understand(path, vocabulary)), **report(found)}


def report(found: Inspection) -> dict[str, Any]:
    """The inspection as plain data."""
    return {
        "from": None if found.first is None else iso(found.first),
        "to": None if found.last is None else iso(found.last),
        "users": found.users(),
        "fields": {kind: c.understood() for kind, c in sorted(found.coverage.items())},
        "not_used": {
            kind: unused
            for kind, c in sorted(found.coverage.items())
            if (unused := tallies.top(c.unused, SHOWN))
        },
        "unknown_values": {
            name: tallies.top(tally, SHOWN) for name, tally in sorted(found.unknown_values.items())
        },
    }


def _of_load(summary: LoadSummary) -> dict[str, Any]:
    return {
        "rows": summary.rows,
        "kinds": dict(sorted(summary.kinds.items())),
        "quarantined": summary.quarantined_by_reason(),
        "unknown_events": dict(sorted(summary.unknown_events.items())),
        "repeated_insert_ids": summary.repeated_insert_ids,
    }
