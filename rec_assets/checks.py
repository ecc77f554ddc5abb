"""Checks that stop a bad day before it reaches users: all of them guard serving_profiles."""

from collections.abc import Callable, Iterator

import dagster as dg

from rec_assets.clusters.assets import cluster_profiles
from rec_assets.clusters.stored import read_clusters, read_members
from rec_assets.profiles.assets import user_profiles
from rec_assets.soundness import (
    cluster_faults,
    example_faults,
    membership_faults,
    profile_faults,
)
from rec_assets.training.assets import training_examples
from resources.log_store import LogStore
from resources.records import COLLECTIONS, Row

NAMED = 5  # offending ids that a result names
LINKS = ("executed", "source_paraphrase_event_id", "accepted", "ground_truth")  # of H


def _result(faults: list[str], looked_at: int) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=not faults,
        description="; ".join(faults[:NAMED]) or f"{looked_at} rows, nothing wrong",
        metadata={"looked_at": looked_at, "faults": len(faults)},
    )


def _rows(store: LogStore, letter: str, **scan: object) -> Iterator[Row]:
    for batch in store.scan(COLLECTIONS[letter], **scan):  # type: ignore[arg-type]
        yield from batch


@dg.asset_check(asset=training_examples, blocking=True)
def chains_are_whole(
    context: dg.AssetCheckExecutionContext, log_store: dg.ResourceParam[LogStore]
) -> dg.AssetCheckResult:
    """H has one row per A of the day, and none of its rows was executed without its B."""
    day = context.partition_key
    examples = list(_rows(log_store, "H", days=[day], fields=LINKS))
    asked = log_store.count(COLLECTIONS["A"], {"day": day})
    return _result(example_faults(examples, asked), len(examples))


@dg.asset_check(asset=user_profiles, blocking=True)
def profiles_are_normalised(
    context: dg.AssetCheckExecutionContext, log_store: dg.ResourceParam[LogStore]
) -> dg.AssetCheckResult:
    """Every profile's vectors are distributions of the right length, its counts not negative."""
    faults, looked_at = _gather(profile_faults, _rows(log_store, "G"))
    return _result(faults, looked_at)


@dg.asset_check(asset=cluster_profiles, blocking=True)
def clusters_cover_profiles(
    context: dg.AssetCheckExecutionContext, log_store: dg.ResourceParam[LogStore]
) -> dg.AssetCheckResult:
    """J's vectors are distributions, and every user with evidence belongs to a cluster."""
    day = context.partition_key
    clusters = read_clusters(log_store, day)
    users = {
        row["_id"]
        for row in _rows(log_store, "G", fields=("evidence", "base"))
        if row["base"] or any(d <= day for d in row["evidence"])
    }
    faults = cluster_faults(clusters) + membership_faults(
        users, read_members(log_store, day), clusters
    )
    return _result(faults, len(clusters))


def _gather(fault_of: Callable[[Row], list[str]], rows: Iterator[Row]) -> tuple[list[str], int]:
    faults: list[str] = []
    looked_at = 0
    for row in rows:
        faults += fault_of(row)
        looked_at += 1
    return faults, looked_at
