"""J, declared: the day's clusters, and what serving reads of G and J."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import dagster as dg

from rec_assets import manifests
from rec_assets.clusters.clusters import (
    POPULATION,
    Crowd,
    cluster_row,
    crowd_on,
    followed_row,
    group_users,
    join,
    member_row,
)
from rec_assets.clusters.plots import cluster_map
from rec_assets.clusters.publication import served_clusters, served_profiles
from rec_assets.clusters.stored import read_clusters, read_members
from rec_assets.day_state import require_day_before
from rec_assets.days import day_before
from rec_assets.declared import daily_asset
from rec_assets.plots import told_simulated
from rec_assets.profiles.assets import user_profiles
from rec_assets.shards import BLOCKS, run_map
from rec_assets.tables import SERVED, column_schema, record_metadata
from rec_assets.training.day_counts import DayCounts, read_counts
from resources.log_store import LogStore
from resources.profile_cache import ProfileCache
from resources.records import CLUSTER_MEMBERS, COLLECTIONS, ClusterProfile, Row, to_row
from resources.settings import Settings

G, J = COLLECTIONS["G"], COLLECTIONS["J"]
COUNTS = ("evidence", "base")

yesterday = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)


@daily_asset(
    deps=[user_profiles, dg.AssetDep("cluster_profiles", partition_mapping=yesterday)],
    kinds={"scikitlearn"},
    personal_data="ids",
    code_version="1",
    metadata={"dagster/column_schema": column_schema(ClusterProfile)},
)
def cluster_profiles(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    log_store: dg.ResourceParam[LogStore],
) -> dg.MaterializeResult[None]:
    """J: groups of users by what they prefer, and which user belongs to which."""
    day = context.partition_key
    first_day = settings.first_day(datetime.now(UTC)).isoformat()
    require_day_before(log_store, day, first_day)
    manifests.begin(log_store, "cluster_profiles", day)
    before = read_clusters(log_store, day_before(day))
    manifest = manifests.read(log_store, "cluster_profiles", day_before(day)) or {}
    crowd = _crowd(log_store, settings, day)
    grouping = group_users(
        crowd,
        {name: list(k.centroid) for name, k in before.items() if name != POPULATION},
        manifest.get("last_number", 0),
        members_before=read_members(log_store, day_before(day)) if before else {},
        house_language=settings.house_language,
        seed=settings.seed,
    )
    clusters = [cluster_row(day, k) for k in (grouping.population, *grouping.clusters)]
    members = [member_row(day, member) for member in grouping.members]
    log_store.replace(CLUSTER_MEMBERS, {"day": day}, map(to_row, members)).whole()
    log_store.replace(J, {"day": day}, map(to_row, clusters)).whole()
    manifests.complete(
        log_store,
        "cluster_profiles",
        day,
        clusters=len(clusters) - 1,
        members=len(members),
        last_number=grouping.last_number,
        followed=[followed_row(each) for each in grouping.followed],
    )
    return dg.MaterializeResult(
        metadata={
            **record_metadata(len(clusters)),
            "clusters": len(clusters) - 1,
            "sizes": {k.cluster_id: k.user_count for k in grouping.clusters},
            "why": grouping.reason,
            "map": dg.MetadataValue.md(
                cluster_map(day, crowd, grouping, _simulated(log_store, day))
            ),
        }
    )


@daily_asset(
    deps=[user_profiles, cluster_profiles],
    kinds={"redis"},
    personal_data="ids",
    code_version="1",
)
def serving_profiles(
    context: dg.AssetExecutionContext,
    log_store: dg.ResourceParam[LogStore],
    profile_cache: dg.ResourceParam[ProfileCache],
) -> dg.MaterializeResult[None]:
    """G and J in Redis under one version: what /recommend reads. Never an older day's."""
    day = context.partition_key
    clusters = served_clusters(day, read_clusters(log_store, day))
    members = read_members(log_store, day)
    rows = (row for batch in log_store.scan(G) for row in batch)
    profiles = served_profiles(rows, members, day)
    published = profile_cache.publish(profiles, clusters, keep_users=False)
    manifests.complete(log_store, "serving_profiles", day, version=clusters.version)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(members) if clusters.clusters else log_store.count(G),
            "dagster/column_schema": SERVED,
            "version": clusters.version,
            "published": published,
            "clusters": len(clusters.clusters),
            "users": len(members),
        }
    )


def _simulated(store: LogStore, day: str) -> str:
    counts = read_counts(store, [day]).get(day) or DayCounts()
    share = told_simulated(counts.simulated, counts.examples)
    return f"{counts.examples:,} examples of the day, {share}"


def _crowd(store: LogStore, settings: Settings, day: str) -> Crowd:
    def blocks() -> Iterator[list[Row]]:
        for block in BLOCKS:
            yield [r for batch in store.scan(G, shards=block, fields=COUNTS) for r in batch]

    return join(list(run_map(partial(crowd_on, day), blocks(), settings.dask_scheduler)))
