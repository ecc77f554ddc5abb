"""Checks of G, declared. They stop J, serving and the report; golden data rests on H alone."""

from collections.abc import Iterator
from typing import Final

import dagster as dg

from rec_assets import manifests
from rec_assets.checks.counts import WEEK, fall_finding, references_of
from rec_assets.checks.finding import Faults, found
from rec_assets.checks.profiles import FIELDS, profile_faults
from rec_assets.checks.results import blocking, day_of, results
from rec_assets.days import days_before
from rec_assets.declared import patient_checks
from rec_assets.profiles.assets import user_profiles
from resources.log_store import LogStore
from resources.records import COLLECTIONS

SPECS: Final = (
    blocking(
        user_profiles,
        "profiles_are_normalised",
        "Every profile's vectors are distributions of the right length, its embedding has length "
        "√3, its counts are positive.",
    ),
    blocking(
        user_profiles,
        "users_did_not_halve",
        "G has at least half the users of the day before, or of a week ago, or of the week's "
        "median; an empty G has not. Fewer than 100 to compare with are not judged.",
    ),
)


@dg.multi_asset_check(specs=SPECS)
@patient_checks
def checks_of_profiles(
    context: dg.AssetCheckExecutionContext, log_store: dg.ResourceParam[LogStore]
) -> Iterator[dg.AssetCheckResult]:
    """All of G, row by row, and how many there are."""
    day = day_of(context, log_store, "user_profiles")
    faults, users = Faults(), 0
    for batch in log_store.scan(COLLECTIONS["G"], fields=FIELDS):
        for row in batch:
            faults.add_all(profile_faults(row))
        users += len(batch)
    before = [
        None if row is None else int(row["users"])
        for past in days_before(day, WEEK)
        for row in [manifests.read(log_store, "user_profiles", past)]
    ]
    yield from results(
        log_store,
        day,
        SPECS,
        {
            "profiles_are_normalised": found(
                faults, f"{users:,} profiles, nothing wrong", {"looked_at": users}
            ),
            "users_did_not_halve": fall_finding("users", users, references_of(before)),
        },
    )
