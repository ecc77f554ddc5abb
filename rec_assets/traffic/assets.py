"""Simulated traffic, declared: persona bots use the real service for a day."""

from datetime import UTC, datetime
from typing import Any

import dagster as dg

from rec_assets import manifests
from rec_assets.days import day_before, days_between
from rec_assets.declared import daily_asset
from rec_assets.personas.assets import personas
from rec_assets.plots import funnel, markdown_image
from rec_assets.progress import counter
from rec_assets.prototypes.assets import category_prototypes
from rec_assets.tables import WISHED
from rec_assets.traffic.drawn_from import keep_drawn_from
from rec_assets.traffic.driver import DayTraffic, TrafficError, run_day
from rec_assets.traffic.filling import fill_up
from rec_assets.traffic.plan import SessionPlan, day_plan
from rec_assets.traffic.population import BotUser
from rec_assets.traffic.readiness import why_not_yet
from rec_assets.traffic.writing import Shelf
from resources.context_pool import open_pool
from resources.dagster_resources import ServiceResource
from resources.errors import Away, SettingError
from resources.log_store import LogStore
from resources.profile_cache import ProfileCache
from resources.records import COLLECTIONS, WISHES
from resources.service_process import NotPrepared, await_ready
from resources.settings import Settings


@daily_asset(
    deps=[personas, category_prototypes],
    kinds={"fastapi"},
    personal_data="text",
    code_version="3",
)
def simulated_traffic(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    log_store: dg.ResourceParam[LogStore],
    profile_cache: dg.ResourceParam[ProfileCache],
    service: ServiceResource,
) -> dg.MaterializeResult[None]:
    """A, B, C, D, E, I, K, L of a day's persona bots, all over HTTP; their wishes kept apart.

    Bots fill the day up: as many sessions as are wanted, less the live ones.
    """
    day = context.partition_key
    first = settings.first_day(datetime.now(UTC)).isoformat()
    turn = days_between(first, day)
    filling = fill_up(log_store, settings, day, turn)
    if not filling.sessions:
        filling.keep(log_store, complete=True)
        return dg.MaterializeResult(metadata={**filling.metadata(log_store), "why": filling.why})
    users = _bots(log_store, settings)
    plan = day_plan(users, day, filling.sessions, settings.seed, turn)
    if log_store.count(WISHES, {"day": day}) == len(plan):
        # Killed between the wishes and the manifest, the day would never be noted.
        filling.keep(log_store, complete=True)
        return dg.MaterializeResult(metadata={**filling.metadata(log_store), "already_stood": True})
    _be_ready(day, first, log_store, profile_cache)
    filling.keep(log_store, complete=False)
    shelf = Shelf(open_pool(settings.contexts, settings.home).bots)
    try:
        with service.running() as endpoint:
            await_ready(endpoint)
            traffic = run_day(
                plan,
                users,
                base_url=endpoint.url,
                api_key=endpoint.api_key,
                shelf=shelf,
                seed=settings.seed,
                concurrency=settings.concurrency,
                progress=counter(f"sessions of {day}", len(plan), context.log.info),
            )
            await_ready(endpoint)
    except (NotPrepared, TrafficError) as error:
        if isinstance(error, Away):  # a second try doubles nothing: what stands is answered again
            raise
        raise dg.Failure(str(error), allow_retries=False) from error
    _same_store(log_store, day, traffic)
    log_store.append(WISHES, traffic.wishes).whole()
    filling.keep(log_store, complete=True)
    return dg.MaterializeResult(
        metadata={**filling.metadata(log_store), **_metadata(traffic, plan)}
    )


def _bots(store: LogStore, settings: Settings) -> list[BotUser]:
    try:
        return keep_drawn_from(store, settings).bots()
    except SettingError as error:
        raise dg.Failure(str(error), allow_retries=False) from error


def _be_ready(day: str, first: str, store: LogStore, cache: ProfileCache) -> None:
    served = cache.served_version()
    reason = why_not_yet(
        day,
        first_day=first,
        served_day=served.day if served else None,
        day_before_complete=manifests.read(store, "cluster_profiles", day_before(day)) is not None,
    )
    if reason is not None:
        raise dg.Failure(reason, allow_retries=False)


def _same_store(store: LogStore, day: str, traffic: DayTraffic) -> None:
    """Fail when the service wrote elsewhere: an empty day would pass every later check."""
    stand = store.count(COLLECTIONS["A"], {"day": day, "origin": "simulation"})
    if stand < traffic.sessions:
        raise dg.Failure(
            f"the service answered {traffic.sessions} sessions of {day}, but {stand} of them stand "
            f"in the log store: give both the same REC_LOG_URL",
            allow_retries=False,
        )


def _metadata(traffic: DayTraffic, plan: list[SessionPlan]) -> dict[str, Any]:
    return {
        "dagster/column_schema": WISHED,
        "sessions": traffic.sessions,
        "users": len({session.user_id for session in plan}),
        "endings": traffic.endings,
        "changed_option": traffic.changed,
        "accept_rate": traffic.accept_rate,
        "already_stood": False,
        "funnel": dg.MetadataValue.md(markdown_image(_funnel(traffic))),
    }


def _funnel(traffic: DayTraffic) -> str:
    asked, ran, taken = (int(number) for number in traffic.funnel.values())
    title = f"{traffic.day}: {asked:,} simulated sessions"
    return funnel(title, "persona bots alone", asked, ran, taken, traffic.endings["rejected"])
