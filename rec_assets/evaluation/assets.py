"""The wheel's report, declared: what a day's turn came to, in Dagster and as one page."""

import dagster as dg

from rec_assets import manifests
from rec_assets.clusters.assets import cluster_profiles, serving_profiles
from rec_assets.days import days_before
from rec_assets.declared import daily_asset
from rec_assets.evaluation.chains import keep_chains, read_chains, total
from rec_assets.evaluation.page import page, pictures
from rec_assets.evaluation.stored import profiles_on, read_criteria
from rec_assets.personas.stored import read_stored
from rec_assets.plots import markdown_image
from rec_assets.training.day_counts import read_counts
from rec_assets.training.plots import DAYS_SHOWN
from resources.dagster_resources import EncoderResource
from resources.log_store import LogStore
from resources.settings import Settings
from resources.whole_files import write_whole


@daily_asset(
    deps=[cluster_profiles, serving_profiles],
    kinds={"html"},
    personal_data="none",
    code_version="2",
)
def wheel_report(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    log_store: dg.ResourceParam[LogStore],
    encoder: EncoderResource,
) -> dg.MaterializeResult[None]:
    """The exit criteria as of the day's end, with plots; one HTML file under reports/."""
    day = context.partition_key
    by_day = read_chains(log_store)
    keep_chains(log_store, by_day)
    chains = total({each: of for each, of in by_day.items() if each <= day})
    profiles = profiles_on(log_store, day)
    figures = read_criteria(log_store, settings, encoder.open(), day, chains, profiles)
    counts = read_counts(log_store, [day, *days_before(day, DAYS_SHOWN - 1)])
    drawn = pictures(figures, read_stored(log_store), counts)
    path = settings.home / "reports" / f"{day}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, page(day, figures, drawn))
    manifests.complete(log_store, "wheel_report", day, judged=figures["users_judged"])
    return dg.MaterializeResult(
        metadata={
            "path": dg.MetadataValue.path(str(path)),
            "exit_criteria": dg.MetadataValue.json(figures),
            **{name: dg.MetadataValue.md(markdown_image(uri)) for name, uri in drawn.items()},
        }
    )
