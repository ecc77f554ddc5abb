"""Days of H and I in a log store, and the golden assets materialized for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import dagster as dg

from rec_assets import manifests
from rec_assets.commands.turn import QUIET
from rec_assets.definitions import defs
from rec_assets.golden.behind import examples_made
from resources.log_store import LogStore
from resources.records import COLLECTIONS, Row
from resources.row_keys import shard_of
from tests.builders import example

DAYS = ("2026-01-05", "2026-01-06", "2026-02-07")
H, I = COLLECTIONS["H"], COLLECTIONS["I"]  # noqa: E741


def write_day(store: LogStore, day: str, rows: int, redone: Sequence[str] = ()) -> None:
    """H and I of a day, ten rows a user, as training_examples would leave them."""
    ids = [f"{day}-{n:05}" for n in range(rows)]
    users = [f"user-{n // 10}" for n in range(rows)]
    pairs = list(zip(ids, users, strict=True))
    dated = {"day": day, "arrived_on": day}
    store.put(H, [example(i, user_id=u, **dated) for i, u in pairs]).whole()
    store.put(I, [request_log(i, user_id=u, **dated) for i, u in pairs]).whole()
    join(store, day, redone)


def join(store: LogStore, day: str, redone: Sequence[str] = ()) -> None:
    """Note that training_examples made this day, and earlier ones with it."""
    manifests.complete(store, "training_examples", day, rows=0, late_days=sorted(redone))


def export_noted(store: LogStore, day: str) -> None:
    """Note that golden_export let the day through as training_examples made it."""
    made = examples_made(store, day)
    manifests.complete(store, "golden_export", day, rows=0, examples=made)


def first_days(count: int) -> list[str]:
    """So many days from the wheel's first on, ascending."""
    first = date.fromisoformat(DAYS[0])
    return [(first + timedelta(days=turn)).isoformat() for turn in range(count)]


def request_log(identity: str = "a1", **changes: object) -> Row:
    """I: answered in four milliseconds, the profile found."""
    base = example(identity, user_id=str(changes.get("user_id", "u1")))
    kept = ("_id", "user_id", "created_at", "day", "arrived_on", "shard", "origin")
    log: Row = {name: base[name] for name in (*kept, "schema_version")}
    hits = {"profile": True, "clusters": True, "document": False}
    own = {"latency_ms": 4.25, "cache_hits": hits, "degraded": ["document"], "versions": {}}
    return {**log, **own, **changes, "shard": shard_of(log["user_id"])}


def materialize(
    instance: dg.DagsterInstance, day: str, only: Iterable[str] = ("golden_export", "golden_index")
) -> dg.ExecuteInProcessResult:
    """The golden assets of a day with their check; a failure does not raise."""
    return defs.resolve_job_def("wheel").execute_in_process(
        instance=instance,
        partition_key=day,
        run_config=QUIET,
        raise_on_error=False,
        asset_selection=[dg.AssetKey(name) for name in only],
    )


def metadata(result: dg.ExecuteInProcessResult, asset: str = "golden_index") -> dict[str, Any]:
    """What the asset's materialization told."""
    (made,) = result.asset_materializations_for_node(asset)
    return {name: value.value for name, value in made.metadata.items()}


def check(result: dg.ExecuteInProcessResult) -> tuple[bool, str]:
    """Whether the only check passed, and what it said."""
    (found,) = result.get_asset_check_evaluations()
    return found.passed, found.description or ""
