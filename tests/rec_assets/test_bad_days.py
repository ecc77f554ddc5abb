"""Days that do not come as usual: no traffic, far too much, live people, nobody to ask."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from rec_assets.commands.turn import why_failed
from resources.records import COLLECTIONS
from tests.rec_assets.live_rows import add_live_sessions
from tests.rec_assets.wheel import DAYS, Wheel, wheel

DAILY = (
    "simulated_traffic", "training_examples", "user_profiles", "cluster_profiles",
    "serving_profiles", "golden_export", "wheel_report",
)  # fmt: skip


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory):
    """Two days of forty sessions each."""
    with wheel(tmp_path_factory.mktemp("turned") / "home", sessions=80, days=2) as whole:
        whole.complete(*DAYS[:2])
        yield whole


def metadata(result: dg.ExecuteInProcessResult, asset: str) -> dict[str, Any]:
    (event,) = result.asset_materializations_for_node(asset)
    return {name: value.value for name, value in event.metadata.items()}


def sessions(whole: Wheel, day: str) -> tuple[int, int]:
    """Simulated and live sessions of the day."""
    a = COLLECTIONS["A"]
    simulated = whole.store.count(a, {"day": day, "origin": "simulation"})
    return simulated, whole.store.count(a, {"day": day, "origin": "live"})


def retries(result: dg.ExecuteInProcessResult) -> list[str | None]:
    return [e.step_key for e in result.all_events if e.event_type_value == "STEP_UP_FOR_RETRY"]


def test_a_day_without_traffic_turns_green_with_empty_tables(tmp_path: Path) -> None:
    with wheel(tmp_path / "home", simulate="false") as silent:
        result = silent.turn(DAYS[0])
        assert result.success, why_failed(result)
        assert {letter: silent.store.count(COLLECTIONS[letter]) for letter in "AHGJ"} == {
            "A": 0,
            "H": 0,
            "G": 0,
            "J": 1,  # the population
        }
        assert metadata(result, "simulated_traffic")["why"].startswith("REC_SIMULATE is false")
        assert all(metadata(result, asset)["simulated_share"] == 0.0 for asset in DAILY)


def test_a_day_without_traffic_between_others_leaves_the_profiles_as_they_were(
    turned: Wheel, tmp_path: Path
) -> None:
    before = turned.store.count(COLLECTIONS["G"])
    turned.environment = {**turned.environment, "REC_SIMULATE": "false"}
    result = turned.turn(DAYS[2])
    assert result.success, why_failed(result)
    assert turned.store.count(COLLECTIONS["H"], {"day": DAYS[2]}) == 0
    assert turned.store.count(COLLECTIONS["G"]) == before
    served = turned.cache.served_version()
    assert served is not None
    assert served.day == DAYS[2]


def test_a_day_of_a_hundred_times_the_usual_traffic_is_built_whole_without_bots(
    turned: Wheel, tmp_path: Path
) -> None:
    with wheel(tmp_path / "home", sessions=80, days=2) as busy:
        add_live_sessions(turned.store, busy.store, DAYS[0], range(4000), users=200)
        result = busy.turn(DAYS[0])
        assert result.success, why_failed(result)
        assert sessions(busy, DAYS[0]) == (0, 4000)
        assert busy.store.count(COLLECTIONS["H"], {"day": DAYS[0]}) == 4000
        assert metadata(result, "simulated_traffic")["why"] == (
            "4000 live sessions are all that is wanted (40)"
        )
        assert metadata(result, "cluster_profiles")["simulated_share"] == 0.0


def test_bots_fill_up_what_live_sessions_leave_and_every_table_says_their_share(
    turned: Wheel, tmp_path: Path
) -> None:
    with wheel(tmp_path / "home", sessions=80, days=2) as mixed:
        add_live_sessions(turned.store, mixed.store, DAYS[0], range(30))
        result = mixed.turn(DAYS[0])
        assert result.success, why_failed(result)
        assert sessions(mixed, DAYS[0]) == (10, 30)
        assert {asset: metadata(result, asset)["simulated_share"] for asset in DAILY} == (
            dict.fromkeys(DAILY, 0.25)
        )


def test_live_rows_that_come_after_the_day_began_change_no_bot(
    turned: Wheel, tmp_path: Path
) -> None:
    with wheel(tmp_path / "home", sessions=80, days=2) as mixed:
        add_live_sessions(turned.store, mixed.store, DAYS[0], range(30))
        mixed.complete(DAYS[0])
        first = {row["_id"] for batch in mixed.store.scan(COLLECTIONS["B"]) for row in batch}
        add_live_sessions(turned.store, mixed.store, DAYS[0], range(30, 50))
        result = mixed.turn(DAYS[0])
        assert result.success, why_failed(result)
        assert sessions(mixed, DAYS[0]) == (10, 50)
        assert metadata(result, "simulated_traffic")["already_stood"]
        assert metadata(result, "user_profiles")["simulated_share"] == pytest.approx(10 / 60)
        again = {row["_id"] for batch in mixed.store.scan(COLLECTIONS["B"]) for row in batch}
        assert first < again


def test_a_day_that_was_begun_ends_with_its_bots_though_simulation_is_switched_off(
    turned: Wheel, tmp_path: Path
) -> None:
    with wheel(tmp_path / "home", sessions=80, days=2, api_url="http://127.0.0.1:9") as begun:
        begun.environment = {**begun.environment, "REC_RETRY_SECONDS": "0"}
        assert not begun.turn(DAYS[0]).success
        on = {k: v for k, v in begun.environment.items() if k != "REC_API_URL"}
        begun.environment = {**on, "REC_SIMULATE": "false"}
        begun.complete(DAYS[0], DAYS[1])
        assert sessions(begun, DAYS[0]) == (40, 0)
        assert sessions(begun, DAYS[1]) == (0, 0)


def test_a_service_that_is_down_is_asked_four_times_more_and_then_named(tmp_path: Path) -> None:
    with wheel(tmp_path / "home", api_url="http://127.0.0.1:9", retry_seconds="0.01") as alone:
        result = alone.turn(DAYS[0])
        assert not result.success
        assert retries(result) == ["simulated_traffic"] * 4
        assert "no service answers at REC_API_URL" in why_failed(result)
        assert sessions(alone, DAYS[0]) == (0, 0)
        alone.environment = {k: v for k, v in alone.environment.items() if k != "REC_API_URL"}
        alone.complete(DAYS[0])
        assert sessions(alone, DAYS[0]) == (50, 0)


def test_what_no_waiting_mends_fails_at_once(tmp_path: Path) -> None:
    with wheel(tmp_path / "home", retry_seconds="60") as gap:
        for only in (("simulated_traffic",), ("training_examples", "user_profiles")):
            result = gap.turn(DAYS[1], only=only)
            assert not result.success
            assert retries(result) == []
        assert "cluster_profiles of 2026-01-05 is missing" in why_failed(result)
