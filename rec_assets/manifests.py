"""What was materialized for a day: one row per asset and day, written after the asset's rows."""

from __future__ import annotations

from resources.log_store import LogStore
from resources.records import MANIFESTS, Row


def begin(store: LogStore, asset: str, day: str) -> bool:
    """Note that `asset` is being written for `day`; whether it was ever begun before."""
    known = begun(store, asset, day)
    store.put(MANIFESTS, [{"_id": _id(asset, day), "asset": asset, "day": day, "complete": False}])
    return known


def begun(store: LogStore, asset: str, day: str) -> bool:
    """Whether `asset` was ever begun for `day`."""
    return bool(store.get(MANIFESTS, [_id(asset, day)]))


def complete(store: LogStore, asset: str, day: str, **counts: int | float | str | None) -> None:
    """Note that `asset` stands for `day`, with what it counted."""
    row: Row = {"_id": _id(asset, day), "asset": asset, "day": day, "complete": True, **counts}
    store.put(MANIFESTS, [row])


def read(store: LogStore, asset: str, day: str) -> Row | None:
    """The manifest of a complete materialization; None when there is none."""
    row = store.get(MANIFESTS, [_id(asset, day)]).get(_id(asset, day))
    return row if row is not None and row["complete"] else None


def days(store: LogStore, asset: str) -> list[str]:
    """The days for which `asset` is complete, ascending."""
    batches = store.scan(MANIFESTS, where={"asset": asset})
    return sorted(row["day"] for batch in batches for row in batch if row["complete"])


def unfinished(store: LogStore, asset: str) -> list[str]:
    """The days for which `asset` was begun and is not complete, ascending."""
    batches = store.scan(MANIFESTS, where={"asset": asset})
    return sorted(row["day"] for batch in batches for row in batch if not row["complete"])


def _id(asset: str, day: str) -> str:
    return f"{asset}/{day}"
