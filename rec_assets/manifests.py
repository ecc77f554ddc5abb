"""What was materialized for a day: one row per asset and day, written after the asset's rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from resources.log_store import LogStore
from resources.records import MANIFESTS, Row


def begin(store: LogStore, asset: str, day: str, **fixed: int) -> bool:
    """Note that `asset` is being written for `day`; whether it was ever begun before.

    `fixed`: what was decided for the day at its beginning; `written` gives it back.
    """
    known = begun(store, asset, day)
    row: Row = {"_id": _id(asset, day), "asset": asset, "day": day, "complete": False, **fixed}
    store.put(MANIFESTS, [row])
    return known


def begun(store: LogStore, asset: str, day: str) -> bool:
    """Whether `asset` was ever begun for `day`."""
    return written(store, asset, day) is not None


def complete(store: LogStore, asset: str, day: str, **counts: Any) -> None:
    """Note that `asset` stands for `day`, with what it counted."""
    row: Row = {"_id": _id(asset, day), "asset": asset, "day": day, "complete": True, **counts}
    store.put(MANIFESTS, [row])


def once(store: LogStore, asset: str, day: str, **counts: Any) -> Row:
    """The manifest that was noted first: what stands, else one with these counts."""
    row: Row = {"_id": _id(asset, day), "asset": asset, "day": day, "complete": True, **counts}
    store.append(MANIFESTS, [row]).whole()
    return store.get(MANIFESTS, [_id(asset, day)])[_id(asset, day)]


def read(store: LogStore, asset: str, day: str) -> Row | None:
    """The manifest of a complete materialization; None when there is none."""
    row = written(store, asset, day)
    return row if row is not None and row["complete"] else None


def written(store: LogStore, asset: str, day: str) -> Row | None:
    """The manifest, be the materialization complete or only begun; None when it never was."""
    return store.get(MANIFESTS, [_id(asset, day)]).get(_id(asset, day))


def read_days(store: LogStore, asset: str, days: Sequence[str]) -> dict[str, Row]:
    """The manifests of those of these days that are complete, by day, in the order asked for."""
    found = store.get(MANIFESTS, [_id(asset, day) for day in days])
    return {row["day"]: row for row in found.values() if row["complete"]}


def of_asset(store: LogStore, asset: str) -> dict[str, Row]:
    """All manifests of an asset by day, ascending: of what is complete and of what is not.

    By their ids: to look for the asset's name reads those of every asset.
    """
    found = store.get(MANIFESTS, [_id(asset, day) for day in store.rows_by_day(MANIFESTS)])
    return {row["day"]: row for row in found.values()}


def days(store: LogStore, asset: str) -> list[str]:
    """The days for which `asset` is complete, ascending."""
    return [day for day, row in of_asset(store, asset).items() if row["complete"]]


def unfinished(store: LogStore, asset: str) -> list[str]:
    """The days for which `asset` was begun and is not complete, ascending."""
    return [day for day, row in of_asset(store, asset).items() if not row["complete"]]


def _id(asset: str, day: str) -> str:
    return f"{asset}/{day}"
