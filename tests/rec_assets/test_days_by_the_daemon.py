"""Days that Dagster's daemon turns under `recwheel up`: backfills, pools, kills, stale assets."""

import os
import re
import signal
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.events import DagsterEvent, DagsterEventType, StepMaterializationData
from dagster._core.events.log import EventLogEntry
from dagster._core.instance.utils import RUNLESS_JOB_NAME, RUNLESS_RUN_ID

from rec_assets.personas.persona import read_personas
from rec_assets.personas.stored import write_stored
from resources.embedded_redis import embedded_redis
from resources.log_store import open_log_store
from resources.profile_cache import ProfileCache
from resources.state_digest import state_digests
from tests.rec_assets.few_contexts import few_contexts
from tests.rec_assets.running_up import ENDED, Up, running_up
from tests.rec_assets.wheel import persona_file

DAYS = ("2026-01-05", "2026-01-06")
CHAIN = (
    "simulated_traffic", "training_examples", "user_profiles", "cluster_profiles",
    "serving_profiles", "golden_export", "wheel_report",
)  # fmt: skip
SECONDS = 600
FRESHNESS = "{assetNodes{assetKey{path} freshnessStatusInfo{freshnessStatus}}}"
MESSAGES = """query Messages($id: ID!) {
  logsForRun(runId: $id) { ... on EventConnection { events { ... on MessageEvent { message } } } }
}"""


def settings_of(home: Path) -> dict[str, str]:
    """Thirty sessions a day; the schedule and its failures have tests of their own."""
    return {
        "REC_START": DAYS[0], "REC_DAYS": "2", "REC_SESSIONS": "60", "REC_USERS": "15",
        "REC_SEED": "3", "REC_CONTEXTS": str(few_contexts(home.parent)),
        "REC_SCHEDULE": "0 0 1 1 *", "FRESHNESS_DAEMON_INTERVAL_SECONDS": "1",
    }  # fmt: skip


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    home = tmp_path_factory.mktemp("daemon") / "home"
    (home / "dagster").mkdir(parents=True)
    store = open_log_store(f"sqlite:///{home / 'recwheel.sqlite'}")
    write_stored(store, read_personas(persona_file(home)))
    store.close()
    with dg.DagsterInstance.local_temp(str(home / "dagster")) as instance:
        instance.handle_new_event(materialized("wheel_report", hours_ago=27))
        instance.handle_new_event(materialized("golden_export", hours_ago=25.5))
        instance.handle_new_event(materialized("training_examples", hours_ago=1))
    with running_up(home, 18641, 18741, **settings_of(home)) as running:
        yield running


def materialized(asset: str, hours_ago: float) -> EventLogEntry:
    """The event of a materialization as Dagster keeps it, in the past."""
    event = DagsterEvent(
        event_type_value=DagsterEventType.ASSET_MATERIALIZATION.value,
        job_name=RUNLESS_JOB_NAME,
        event_specific_data=StepMaterializationData(
            dg.AssetMaterialization(asset, partition=DAYS[0])
        ),
    )
    return EventLogEntry(
        error_info=None,
        level=20,
        user_message="",
        run_id=RUNLESS_RUN_ID,
        timestamp=time.time() - hours_ago * 3600,
        job_name=RUNLESS_JOB_NAME,
        dagster_event=event,
    )


def state(up: Up) -> tuple[dict[str, str], dict[bytes, bytes]]:
    """The digests of the wheel and every byte that Redis serves."""
    with embedded_redis(up.home) as url:
        cache = ProfileCache(url)
        served = cache.dump()
        cache.close()
    store = open_log_store(f"sqlite:///{up.home / 'recwheel.sqlite'}")
    digests = state_digests(store)
    store.close()
    return digests, served


def await_end(up: Up, *runs: str) -> list[str]:
    deadline = time.monotonic() + SECONDS
    while not all(up.status(run) in ENDED for run in runs):
        assert time.monotonic() < deadline, [up.status(run) for run in runs]
        time.sleep(0.3)
    return [up.status(run) for run in runs]


def await_message(up: Up, run: str, pattern: str) -> str:
    """The first message of the run that matches; what its group found."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        events = up.graphql(MESSAGES, id=run)["logsForRun"]["events"]
        for event in events:
            if event and (found := re.search(pattern, event["message"])):
                return found.group(1)
        time.sleep(0.2)
    raise AssertionError(f"no event says {pattern!r}")


def one_at_a_time(runs: list[dict[str, Any]]) -> bool:
    return all(before["endTime"] <= after["startTime"] for before, after in pairwise(runs))


def freshness(up: Up) -> dict[str, str | None]:
    return {
        node["assetKey"]["path"][0]: (node["freshnessStatusInfo"] or {}).get("freshnessStatus")
        for node in up.graphql(FRESHNESS)["assetNodes"]
    }


def await_freshness(up: Up, **wanted: str) -> dict[str, str | None]:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        found = freshness(up)
        if all(found[name] == status for name, status in wanted.items()):
            break
        time.sleep(0.5)
    return found


def test_an_asset_whose_day_did_not_come_turns_red_after_an_hour_of_warning(up: Up) -> None:
    found = await_freshness(
        up, wheel_report="DEGRADED", golden_export="WARNING", training_examples="HEALTHY"
    )
    assert found["wheel_report"] == "DEGRADED"
    assert found["golden_export"] == "WARNING"
    assert found["training_examples"] == "HEALTHY"
    assert found["raw_corporate_data"] is None


def test_a_backfill_of_the_job_turns_the_days_in_order_one_at_a_time(up: Up) -> None:
    backfill = up.backfill(DAYS, SECONDS)
    runs = up.runs_of(backfill)
    assert [(run["day"], run["status"]) for run in runs] == [(day, "SUCCESS") for day in DAYS]
    assert one_at_a_time(runs)
    assert up.backfill_status(backfill) == "COMPLETED_SUCCESS"


def test_the_day_that_came_turns_it_green_again(up: Up) -> None:
    assert await_freshness(up, wheel_report="HEALTHY")["wheel_report"] == "HEALTHY"


def test_the_same_backfill_again_changes_nothing_and_redis_keeps_the_latest_day(up: Up) -> None:
    before = state(up)
    backfill = up.backfill(DAYS[1:2], SECONDS)
    assert up.backfill_status(backfill) == "COMPLETED_SUCCESS"
    assert state(up) == before


def test_a_backfill_of_assets_goes_one_run_at_a_time_and_refuses_a_day_that_is_too_early(
    up: Up,
) -> None:
    backfill = up.backfill(("2026-01-07", "2026-01-08"), SECONDS, assets=CHAIN)
    runs = up.runs_of(backfill)
    assert one_at_a_time(runs)
    found = {(run["day"], run["status"]) for run in runs}
    assert found == {("2026-01-07", "SUCCESS"), ("2026-01-08", "FAILURE")}
    (failed,) = (run for run in runs if run["status"] == "FAILURE")
    assert "2026-01-07 is not complete" in up.why_failed(failed["runId"])


def test_a_run_whose_process_is_killed_is_marked_failed_and_the_chain_goes_on(up: Up) -> None:
    killed, waiting = up.launch("wheel", "2026-01-08"), up.launch("wheel", "2026-01-08")
    process = int(await_message(up, killed, r"Started process for run \(pid: (\d+)\)"))
    await_message(up, killed, r"(?:Started|Starting) execution of step \"(\w+)\"")
    os.kill(process, signal.SIGKILL)
    assert await_end(up, killed, waiting) == ["FAILURE", "SUCCESS"]


def test_a_day_whose_eve_failed_says_so_and_leaves_redis_as_it_was(up: Up) -> None:
    before = state(up)
    days = ("2026-01-10", "2026-01-11")  # the 9th is missing, as if it had failed
    backfill = up.backfill(days, SECONDS)
    assert up.backfill_status(backfill) == "COMPLETED_FAILED"
    runs = up.runs_of(backfill)
    assert [run["status"] for run in runs] == ["FAILURE", "FAILURE"]
    assert "2026-01-09 is not complete" in up.why_failed(runs[0]["runId"])
    assert "2026-01-10 is not complete" in up.why_failed(runs[1]["runId"])
    assert state(up) == before
