"""Whether Elasticsearch holds a day as the log store does. A warning: nothing waits for it."""

import dagster as dg

from rec_assets.checks.results import WARNING, day_of
from rec_assets.declared import patient
from rec_assets.golden.assets import OFF, golden_index
from rec_assets.golden.index import Comparison, compare_day
from rec_assets.golden.rows import read_personas
from resources.dagster_resources import SearchIndexResource
from resources.log_store import LogStore
from resources.search_index import SearchIndexRefused, SearchIndexUnavailable
from resources.settings import Settings


@dg.asset_check(
    asset=golden_index,
    description="The day's documents, read back, are as many as H's rows (and I's) and have their "
    "digest. " + WARNING,
)
@patient
def index_equals_examples(
    context: dg.AssetCheckExecutionContext,
    settings: dg.ResourceParam[Settings],
    log_store: dg.ResourceParam[LogStore],
    search_index: SearchIndexResource,
) -> dg.AssetCheckResult:
    """The day's documents, read back, are as many as the rows of H (and I) and have their digest.

    It stops nothing: materialize golden_index of the day again to send what differs.
    """
    with search_index.opened() as index:
        if index is None:
            return dg.AssetCheckResult(passed=True, description=OFF)
        day = day_of(context, log_store, "golden_index")
        try:
            found = compare_day(index, log_store, day, read_personas(log_store, settings))
        except (SearchIndexUnavailable, SearchIndexRefused) as error:
            return dg.AssetCheckResult(passed=False, description=str(error))
    return dg.AssetCheckResult(
        passed=all(one.wanted == one.found for one in found),
        description="; ".join(map(_sentence, found)),
        metadata={
            f"{one.series.alias}_{side}": f"{content.rows} rows, {content.digest[:16]}"
            for one in found
            for side, content in (("store", one.wanted), ("index", one.found))
        },
    )


def _sentence(of: Comparison) -> str:
    if of.wanted == of.found:
        return f"{of.series.alias}: {of.wanted.rows} rows, equal"
    told = f"{of.found.rows} rows in the index, {of.wanted.rows} in the log store"
    return f"{of.series.alias}: {told}: {', '.join(of.faults)}"
