"""A day's A, B, C, D, E and H read once, a block of users at a time, for all checks of examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from rec_assets import manifests
from rec_assets.checks.chains import LINKS, Links, chain_faults, far_recommendations
from rec_assets.checks.degraded import degraded_of
from rec_assets.checks.examples import (
    FIELDS,
    account_faults,
    contradiction_faults,
    contradictions,
    example_faults,
)
from rec_assets.checks.finding import Faults
from rec_assets.checks.vectors import Kinds, lighten
from rec_assets.shards import BLOCKS
from rec_assets.training.day_counts import ASSET, DayCounts
from resources.log_store import LogStore
from resources.records import COLLECTIONS, Row

VECTOR: Final = ("embedding", "encoder_version", "arrived_on")


@dataclass
class DayFacts:
    """What the rows of one day say; faults name the first offenders of a kind."""

    chains: Faults = field(default_factory=Faults)
    examples: Faults = field(default_factory=Faults)
    degraded: Faults = field(default_factory=Faults)
    missing: Counter[str] = field(default_factory=Counter)  # words of `degraded`
    rows: Counter[str] = field(default_factory=Counter)  # by letter, late days' among them
    asked: int = 0  # A of the day alone
    asked_live: int = 0  # of them
    late_runs: int = 0
    vectors: Kinds = field(default_factory=Kinds)  # of H
    blocks: Kinds = field(default_factory=Kinds)  # of E
    counts: DayCounts = field(default_factory=DayCounts)

    @property
    def without_vector(self) -> int:
        """Rows of H that hold none."""
        return self.counts.examples - self.vectors.counts.total()

    def take(self, other: DayFacts) -> None:
        """Add the faults and the rows of another day: one that late rows touched."""
        self.chains.take(other.chains)
        self.examples.take(other.examples)
        self.rows.update(other.rows)


def read_day(store: LogStore, day: str, until: str) -> DayFacts:
    """The facts of a day whose H was made on behalf of the day `until`.

    Of an earlier day's chains only what came on `until`: the rest was judged, or overruled, before.
    """
    facts = DayFacts()
    for shards in BLOCKS:
        _read_block(store, day, shards, until, facts)
    counted = {
        "runs": facts.rows["B"],
        "late_runs": facts.late_runs,
        "joined": facts.counts.runs,
        "contradictions": facts.counts.contradictions,
    }
    facts.asked = facts.rows["A"]
    kept = manifests.read(store, ASSET, day)
    facts.examples.add_all(account_faults(day, counted, kept))
    return facts


def _read_block(
    store: LogStore, day: str, shards: Sequence[int], until: str, facts: DayFacts
) -> None:
    def scan(letter: str, fields: Sequence[str]) -> Iterator[Row]:
        batches = store.scan(COLLECTIONS[letter], days=[day], shards=shards, fields=fields)
        for batch in batches:
            facts.rows[letter] += len(batch)
            yield from batch

    # C before B before A: of a chain written meanwhile no end is seen without its beginning.
    selections = list(scan("C", LINKS["C"]))
    runs = {row["_id"]: row for row in scan("B", LINKS["B"])}
    chosen = {row["_id"]: row["selected_index"] for row in scan("D", LINKS["D"])}
    asked = {row["_id"]: row for row in scan("A", LINKS["A"])}
    links = Links(asked, runs, selections, chosen.keys())
    far = store.get(COLLECTIONS["A"], far_recommendations(links))
    facts.chains.add_all(chain_faults(links, far, since=until if day < until else ""))
    degraded, words = degraded_of(asked.values())
    facts.degraded.take(degraded)
    facts.missing.update(words)
    facts.asked_live += sum(row["origin"] == "live" for row in asked.values())
    facts.late_runs += sum(row["arrived_on"] > until for row in runs.values())
    examples = list(lighten(scan("H", FIELDS), facts.vectors, until, asked))
    facts.counts.take(examples)
    facts.examples.add_all(example_faults(examples, asked, runs, until))
    made = contradictions(selections, chosen, runs, asked)
    facts.examples.add_all(contradiction_faults(examples, made, until))
    for _ in lighten(scan("E", VECTOR), facts.blocks, until):
        pass
