"""Checks of J, declared. They stop serving and the report; golden data rests on H alone."""

from collections.abc import Iterator
from typing import Final

import dagster as dg

from rec_api.shrinkage import decay
from rec_assets import manifests
from rec_assets.checks.clusters import Cover, Member, cluster_faults, cover
from rec_assets.checks.finding import found
from rec_assets.checks.results import blocking, day_of, results
from rec_assets.checks.shift import shift_finding
from rec_assets.clusters.assets import cluster_profiles
from rec_assets.clusters.stored import read_clusters, read_followed
from rec_assets.days import day_before, days_between
from rec_assets.declared import patient_checks
from resources.log_store import LogStore
from resources.preferences import Cluster
from resources.records import CLUSTER_MEMBERS, COLLECTIONS, Row

SPECS: Final = (
    blocking(
        cluster_profiles,
        "clusters_cover_profiles",
        "J's vectors are distributions, every user with evidence belongs to one cluster that "
        "exists, and nobody else does.",
    ),
    blocking(
        cluster_profiles,
        "clusters_did_not_jump",
        "The people of no cluster of the day before (of five or more), nor all people on average, "
        "moved by more than .12 + .45 of the day's part in all evidence: from the centre that they "
        "had to the centre that they have, in whatever clusters they are. A first day has nothing "
        "to be compared with.",
    ),
)


@dg.multi_asset_check(specs=SPECS)
@patient_checks
def checks_of_clusters(
    context: dg.AssetCheckExecutionContext, log_store: dg.ResourceParam[LogStore]
) -> Iterator[dg.AssetCheckResult]:
    """J of the day beside G, and its people beside where they were the day before."""
    day = day_of(context, log_store, "cluster_profiles")
    clusters = read_clusters(log_store, day)
    before, followed = read_clusters(log_store, day_before(day)), read_followed(log_store, day)
    covered = _cover(log_store, day, clusters)
    covered.faults.add_all(cluster_faults(clusters))
    groups = len(clusters) - 1
    sound = f"{groups} clusters hold {covered.users:,} users"
    if groups < 1:
        sound = f"{covered.users:,} users are too few for groups: the population serves"
    figures = {"clusters": groups, "users": covered.users}
    new = covered.of_the_day + _late_sessions(log_store, day)
    new_part = min(new / covered.sessions, 1.0) if covered.sessions else 0.0
    yield from results(
        log_store,
        day,
        SPECS,
        {
            "clusters_cover_profiles": found(covered.faults, sound, figures),
            "clusters_did_not_jump": shift_finding(followed, before, new_part),
        },
    )


def _late_sessions(store: LogStore, day: str) -> float:
    """Executed sessions of earlier days that arrived on the day, decayed: J learns them now."""
    manifest = manifests.read(store, "training_examples", day) or {}
    return sum(
        decay(days_between(late, day))
        * store.count(COLLECTIONS["H"], {"day": late, "arrived_on": day, "executed": True})
        for late in manifest.get("late_days", ())
    )


def _cover(store: LogStore, day: str, clusters: dict[str, Cluster]) -> Cover:
    """G and J side by side: stores give rows in the order of their ids."""
    return cover(
        day,
        _rows(store, COLLECTIONS["G"], ("evidence", "base")),
        _members(store, day),
        clusters,
    )


def _members(store: LogStore, day: str) -> Iterator[Member]:
    fields = ("user_id", "cluster_id")
    for batch in store.scan(CLUSTER_MEMBERS, days=[day], fields=fields):
        yield from ((row["user_id"], row["cluster_id"]) for row in batch)


def _rows(store: LogStore, collection: str, fields: tuple[str, ...]) -> Iterator[Row]:
    for batch in store.scan(collection, fields=fields):
        yield from batch
