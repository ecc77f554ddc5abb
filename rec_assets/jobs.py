"""What runs together: loading and mining, and one day of the wheel."""

from __future__ import annotations

import dagster as dg

CHAIN = {"recwheel/chain": "daily"}  # dagster.yaml lets one run with this tag go at a time

load = dg.define_asset_job(
    "load",
    selection=dg.AssetSelection.assets("raw_corporate_data"),
    description="Store one file of the inbox as it came.",
)
mine = dg.define_asset_job(
    "mine",
    selection=dg.AssetSelection.assets("mined_personas", "personas", "category_prototypes"),
    description="Mine personas from the raw store and publish them unless a check holds them back; "
    "make category vectors from the context pool.",
)
wheel = dg.define_asset_job(
    "wheel",
    selection=dg.AssetSelection.groups(
        "traffic", "training", "profiles", "clusters", "serving", "golden", "evaluation"
    ),
    tags=CHAIN,
    description="One day: simulate, join, profile, cluster, serve, export, report.",
)
