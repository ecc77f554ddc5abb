"""J of a day as it stands in the store, in the form its readers need."""

from __future__ import annotations

import numpy as np

from rec_api.shrinkage import population_before_data
from rec_assets import manifests
from rec_assets.clusters.clusters import POPULATION, Followed, cluster_of
from rec_assets.profiles.profiles import Above
from resources.log_store import LogStore
from resources.preferences import Cluster
from resources.records import CLUSTER_MEMBERS, COLLECTIONS, ClusterProfile, from_row

J = COLLECTIONS["J"]


def read_clusters(store: LogStore, day: str) -> dict[str, Cluster]:
    """J of the day by cluster id, the population among them; empty unless the day is complete."""
    if manifests.read(store, "cluster_profiles", day) is None:
        return {}
    rows = [row for batch in store.scan(J, days=[day]) for row in batch]
    clusters = [cluster_of(from_row(ClusterProfile, row)) for row in rows]
    return {cluster.cluster_id: cluster for cluster in clusters}


def read_members(store: LogStore, day: str) -> dict[str, str]:
    """Cluster id by user on the day."""
    fields = ("user_id", "cluster_id")
    batches = store.scan(CLUSTER_MEMBERS, days=[day], fields=fields)
    return {row["user_id"]: row["cluster_id"] for batch in batches for row in batch}


def read_followed(store: LogStore, day: str) -> list[Followed]:
    """Where the people of the day before's clusters are on the day; empty where none is known."""
    manifest = manifests.read(store, "cluster_profiles", day) or {}
    return [
        Followed(row["cluster_id"], row["users"], np.array(row["centre"]))
        for row in manifest.get("followed", [])
    ]


def read_above(store: LogStore, day: str, house_language: str) -> Above:
    """What users of `day` are shrunk to: J of that day; before any, what is assumed of all."""
    clusters = read_clusters(store, day)
    everybody = clusters.pop(POPULATION, None)
    if everybody is None:
        return Above(population_before_data(house_language), {}, {})
    preferences = {name: cluster.preferences for name, cluster in clusters.items()}
    return Above(everybody.preferences, preferences, read_members(store, day))
