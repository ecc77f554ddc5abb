"""How much of what stands was simulated: examples by origin, kept for each day."""

from __future__ import annotations

from typing import Final

from rec_assets import manifests
from resources.log_store import LogStore
from resources.records import COLLECTIONS, MANIFESTS

ASSET: Final = "example_origins"  # of the manifests that keep a day's counts
H: Final = COLLECTIONS["H"]


def keep_origins(store: LogStore, day: str) -> None:
    """Count the examples of `day` by origin, once they are written."""
    rows, simulated = (store.count(H, {"day": day, **of}) for of in ({}, {"origin": "simulation"}))
    manifests.complete(store, ASSET, day, rows=rows, simulated=simulated)


def share_until(store: LogStore, day: str) -> float:
    """Simulated examples among all up to `day`, on which profiles of that day rest; 0 of none."""
    rows = simulated = 0
    for batch in store.scan(MANIFESTS, where={"asset": ASSET}):
        for kept in batch:
            if kept["day"] <= day:
                rows += kept["rows"]
                simulated += kept["simulated"]
    return simulated / rows if rows else 0.0
