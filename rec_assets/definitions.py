"""Everything that Dagster loads, on one page."""

from __future__ import annotations

import dagster as dg

from rec_assets import jobs, schedules, sensors
from rec_assets.checks.of_clusters import checks_of_clusters
from rec_assets.checks.of_examples import checks_of_examples
from rec_assets.checks.of_profiles import checks_of_profiles
from rec_assets.clusters.assets import cluster_profiles, serving_profiles
from rec_assets.evaluation.assets import wheel_report
from rec_assets.golden.assets import golden_export, golden_index
from rec_assets.golden.checks import index_equals_examples
from rec_assets.personas.assets import mined_personas, personas
from rec_assets.personas.checks import shares_moved_little
from rec_assets.profiles.assets import user_profiles
from rec_assets.prototypes.assets import category_prototypes
from rec_assets.raw.assets import raw_corporate_data
from rec_assets.traffic.assets import simulated_traffic
from rec_assets.training.assets import training_examples
from resources.dagster_resources import resources

defs = dg.Definitions(
    assets=[
        raw_corporate_data,
        mined_personas,
        personas,
        category_prototypes,
        simulated_traffic,
        training_examples,
        user_profiles,
        cluster_profiles,
        serving_profiles,
        golden_export,
        golden_index,
        wheel_report,
    ],
    asset_checks=[
        shares_moved_little,
        checks_of_examples,
        checks_of_profiles,
        checks_of_clusters,
        index_equals_examples,
    ],
    jobs=[jobs.load, jobs.mine, jobs.wheel],
    schedules=[schedules.daily_turn],
    sensors=[sensors.inbox, sensors.mine_after_load, schedules.missed_days],
    resources=resources(),
    # The chain's steps follow each other: a process for each would cost more than it runs.
    executor=dg.in_process_executor,
)
