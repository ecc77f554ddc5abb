"""What assets of a kind share, said once: whose they are, pool, when they are stale, retries."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import wraps
from typing import Any, Final, TypeVar

import dagster as dg

from rec_assets.partitions import daily
from rec_assets.pools import DAILY_CHAIN
from rec_assets.training.day_counts import simulated_share
from resources.errors import Away
from resources.patience import AGAIN, mends, told, wait_before
from resources.settings import Settings

Compute = Callable[..., dg.MaterializeResult[None]]
Result = TypeVar("Result", dg.MaterializeResult[None], dg.AssetCheckResult)
StepContext = dg.AssetExecutionContext | dg.AssetCheckExecutionContext
Declare = Callable[[Compute], dg.AssetsDefinition]
# Two groups: the interface folds a group up, and one for each asset would show none of them.
SOURCES, WHEEL = "sources", "wheel"
OWNERS: Final = ("team:data-platform",)
# A day comes every 24 hours: an hour late is worth a look, two are an alarm.
FRESHNESS: Final = dg.FreshnessPolicy.time_window(
    fail_window=timedelta(hours=26), warn_window=timedelta(hours=25)
)


def daily_asset(*, personal_data: str, **own: Any) -> Declare:
    """`dg.asset` for one of the wheel's daily assets; `own` is what it alone has.

    `personal_data`: what of people it holds (text, ids, none). Its metadata gets `simulated_share`:
    of the examples up to its day, unless it reports one of its own.
    """

    def declare(compute: Compute) -> dg.AssetsDefinition:
        made: dg.AssetsDefinition = dg.asset(
            partitions_def=daily,
            group_name=WHEEL,
            owners=OWNERS,
            pool=DAILY_CHAIN,
            freshness_policy=FRESHNESS,
            tags={"cadence": "daily", "personal_data": personal_data},
            **own,
        )(patient(_telling_simulated(compute)))
        return made

    return declare


def arriving_asset(*, personal_data: str, pool: str, **own: Any) -> Declare:
    """`dg.asset` for one that is made when something arrives; `own` is what it alone has."""

    def declare(compute: Compute) -> dg.AssetsDefinition:
        tags = {"cadence": "on_arrival", "personal_data": personal_data}
        made: dg.AssetsDefinition = dg.asset(
            group_name=SOURCES, owners=OWNERS, pool=pool, tags=tags, **own
        )(patient(compute))
        return made

    return declare


def patient(compute: Callable[..., Result]) -> Callable[..., Result]:
    """The same, tried again with growing waits while a store or a service is away.

    Any other failure is the same at every try: it stands at once.
    """

    @wraps(compute)
    def trying(context: StepContext, **parts: Any) -> Result:
        try:
            return compute(context, **parts)
        except Away as error:
            _ask_again(context, error)
            raise

    return trying


def patient_checks(
    compute: Callable[..., Iterator[dg.AssetCheckResult]],
) -> Callable[..., Iterator[dg.AssetCheckResult]]:
    """`patient` for what yields the results of several checks: none before all are found."""

    @wraps(compute)
    def trying(context: StepContext, **parts: Any) -> Iterator[dg.AssetCheckResult]:
        try:
            found = list(compute(context, **parts))
        except Away as error:
            _ask_again(context, error)
            raise
        yield from found

    return trying


def _ask_again(context: StepContext, error: Away) -> None:
    """RetryRequested, unless no further try would help."""
    settings, again = Settings(), context.op_execution_context.retry_number
    if again < AGAIN and mends(error, settings.home):
        context.log.warning(told(error, again, settings.retry_seconds))
        wait = wait_before(again, settings.retry_seconds)
        raise dg.RetryRequested(max_retries=AGAIN, seconds_to_wait=wait) from error


def _telling_simulated(compute: Compute) -> Compute:
    @wraps(compute)
    def telling(context: dg.AssetExecutionContext, **parts: Any) -> dg.MaterializeResult[None]:
        result = compute(context, **parts)
        metadata = dict(result.metadata or {})
        if "simulated_share" not in metadata:
            metadata["simulated_share"] = simulated_share(parts["log_store"], context.partition_key)
        return result._replace(metadata=metadata)

    return telling
