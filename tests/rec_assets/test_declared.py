"""What every step shares: a check that meets a store that is away is tried again, like an asset."""

from collections.abc import Callable, Iterator

import dagster as dg
import pytest

from rec_assets.declared import patient_checks
from resources.log_store import StoreUnavailable

Definitions = tuple[dg.AssetsDefinition, dg.AssetChecksDefinition, dg.AssetsDefinition]


def checked(find: Callable[[], bool]) -> Definitions:
    """An asset, a blocking check that finds by this, and what stands below both."""

    @dg.asset
    def table() -> None: ...

    spec = dg.AssetCheckSpec("sound", asset=table, blocking=True)

    @dg.multi_asset_check(specs=[spec])
    @patient_checks
    def checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        yield dg.AssetCheckResult(asset_key=spec.asset_key, check_name="sound", passed=find())

    @dg.asset(deps=[table])
    def below() -> None: ...

    return table, checks, below


def away(times: int) -> Callable[[], bool]:
    tries = iter(range(100))

    def find() -> bool:
        if next(tries) < times:
            raise StoreUnavailable("the log store does not answer")
        return True

    return find


def materialized(definitions: Definitions) -> tuple[bool, int, bool]:
    """Whether the run succeeded, how often the check was tried again, whether `below` was made."""
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(list(definitions), instance=instance, raise_on_error=False)
    again = [e for e in result.all_events if e.event_type_value == "STEP_UP_FOR_RETRY"]
    return result.success, len(again), bool(result.asset_materializations_for_node("below"))


@pytest.fixture(autouse=True)
def _no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REC_RETRY_SECONDS", "0")


def test_a_check_is_tried_again_while_a_store_is_away_and_then_lets_the_rest_run() -> None:
    assert materialized(checked(away(2))) == (True, 2, True)


def test_a_check_that_cannot_look_stops_what_is_below_it() -> None:
    assert materialized(checked(away(50))) == (False, 4, False)


def test_a_check_that_finds_a_fault_is_not_tried_again() -> None:
    assert materialized(checked(lambda: False)) == (False, 0, False)
