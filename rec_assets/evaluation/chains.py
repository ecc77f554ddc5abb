"""Criterion 1 day by day: a day is counted once, and again when it has other numbers of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Final

from rec_assets import manifests
from rec_assets.evaluation.criteria import ChainCounts, count_chains
from resources.log_store import LogStore
from resources.records import COLLECTIONS, Row

ASSET: Final = "chains"  # of the manifests that keep a day's counts
A, B, C = (COLLECTIONS[letter] for letter in "ABC")


def read_chains(store: LogStore) -> dict[str, ChainCounts]:
    """The chains of every day of the store. B and C take their A's day: no chain is of two."""
    rows = [store.rows_by_day(collection) for collection in (A, B, C)]
    days = sorted({day for held in rows for day in held})
    kept, found = _kept(store, days), dict[str, ChainCounts]()
    for day in days:
        counts, held = kept.get(day), tuple(of.get(day, 0) for of in rows)
        # Late rows and erasure show in the numbers.
        if counts is None or held != (counts.recommendations, counts.runs, counts.selections):
            counts = _counted(store, day)
        found[day] = counts
    return found


def keep_chains(store: LogStore, by_day: Mapping[str, ChainCounts]) -> None:
    """Let the next `read_chains` have these without a look at the rows."""
    kept = _kept(store, list(by_day))
    for day, counts in by_day.items():
        if counts != kept.get(day):
            manifests.complete(store, ASSET, day, **asdict(counts))


def total(by_day: Mapping[str, ChainCounts]) -> ChainCounts:
    """The chains of all days together."""
    return sum(by_day.values(), ChainCounts())


def _kept(store: LogStore, days: Sequence[str]) -> dict[str, ChainCounts]:
    """What was counted of these days before."""
    names = asdict(ChainCounts())
    rows = manifests.read_days(store, ASSET, days)
    return {day: ChainCounts(**{name: row[name] for name in names}) for day, row in rows.items()}


def _counted(store: LogStore, day: str) -> ChainCounts:
    def scan(collection: str, *fields: str) -> Iterator[Row]:
        for batch in store.scan(collection, days=[day], fields=fields):
            yield from batch

    # C before B before A: of a chain written meanwhile no end is seen without its beginning.
    selections = list(scan(C, "source_paraphrase_event_id", "accepted"))
    runs = list(scan(B, "source_recommend_event_id"))
    origins = {row["_id"]: row["origin"] for row in scan(A, "origin")}
    counts = count_chains(origins, runs, selections)
    counts.simulated = sum(origin == "simulation" for origin in origins.values())
    return counts
