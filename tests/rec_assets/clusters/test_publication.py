"""G and J as serving reads them: one version, and nothing of days to come."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rec_api.shrinkage import embedding, population_before_data, shrink_group
from rec_assets.clusters.publication import NothingToServe, served_clusters, served_profiles
from resources.options import OPTION_INDEX, Option
from resources.preferences import Cluster, Evidence
from resources.records import Row

DAY = "2026-03-02"
ABOVE = population_before_data("ko")
WHOLE = Cluster("population", ABOVE, embedding(ABOVE), 20)
TASTE = shrink_group(Evidence(np.eye(7, 3), np.eye(4), 3.0), ABOVE, 16)
CLUSTERS = {name: Cluster(name, TASTE, embedding(TASTE), 10) for name in ("c02", "c01")}
J = {"population": WHOLE, **CLUSTERS}
OPTION = OPTION_INDEX[Option("email", "weak", "en")]


def profile_row(**days: int) -> Row:
    """A user's row of G with so many accepted sessions on each day of March."""
    evidence = {f"2026-03-{d[1:]}": [[OPTION, 1, 1, 0, 0, count]] for d, count in days.items()}
    return {"_id": "u1", "evidence": evidence, "base": None}


def test_clusters_are_served_in_the_order_of_their_ids() -> None:
    served = served_clusters(DAY, J)
    assert [cluster.cluster_id for cluster in served.clusters] == ["c01", "c02"]
    assert (served.population, served.day) == (WHOLE, DAY)


def test_the_version_is_that_of_the_day_and_the_content() -> None:
    version = served_clusters(DAY, J).version
    assert version.startswith(f"{DAY}-")
    assert served_clusters(DAY, dict(reversed(J.items()))).version == version
    grown = {**J, "c01": replace(CLUSTERS["c01"], user_count=11)}
    assert served_clusters(DAY, grown).version != version


def test_a_day_without_j_is_named_with_what_to_do() -> None:
    with pytest.raises(NothingToServe, match=f"cluster_profiles of {DAY} is missing: materialize"):
        served_clusters(DAY, CLUSTERS)


def test_a_profile_is_served_as_of_the_day_with_its_cluster() -> None:
    [(user, served)] = served_profiles([profile_row(d02=4)], {"u1": "c01"}, "2026-03-16")
    assert (user, served.day, served.cluster_id) == ("u1", "2026-03-16", "c01")
    assert (served.evidence.n, served.executions, served.accept_rate) == (2.0, 4, 1.0)


def test_days_to_come_are_not_served() -> None:
    [(_, served)] = served_profiles([profile_row(d02=1, d03=7)], {}, DAY)
    assert (served.evidence.n, served.executions, served.cluster_id) == (1.0, 1, None)


def test_a_user_of_days_to_come_alone_is_left_out() -> None:
    assert list(served_profiles([profile_row(d03=7)], {"u1": "c01"}, DAY)) == []
