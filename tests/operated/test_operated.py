"""A day of the data engineer: exports are dropped, days turn, a bad one is stopped, all is seen.

One story on one `recwheel up`: the tests stand in the order in which they happen.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from rec_assets import manifests
from rec_assets.commands.home import sample_files
from rec_assets.latest_tick import latest_tick
from resources.log_store import LogStore, open_log_store
from resources.records import COLLECTIONS, RAW
from tests.operated.interface import CHROMIUM, Interface, interface_at
from tests.readme import READMES, ROOT
from tests.rec_assets.command_line import recwheel_json
from tests.rec_assets.few_contexts import few_contexts
from tests.rec_assets.running_up import (
    ENDED,
    JOB_RUNS,
    REPOSITORY,
    Up,
    await_answer,
    running_up,
)

TURNED_SECONDS = 600.0
INBOX_SECONDS = 5
MOST_BYTES = 200_000  # of a picture in the repository
SMALL = {"REC_USERS": "40", "REC_SESSIONS": "120", "REC_DAYS": "3"}
PICTURES = os.environ.get("REC_TEST_PICTURES")

STATE = """query State($selector: InstigationSelector!) {
  instigationStateOrError(instigationSelector: $selector) { ... on InstigationState { id } }
}"""
STOP = "mutation Stop($id: String!) { stopRunningSchedule(id: $id) { __typename } }"
START = """mutation Start($selector: ScheduleSelector!) {
  startSchedule(scheduleSelector: $selector) { __typename }
}"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH (Debian: chromium)")


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    folder = tmp_path_factory.mktemp("operated")
    with running_up(
        folder / "home",
        18451,
        18551,
        REC_SCHEDULE="* * * * *",
        REC_INBOX_SECONDS=str(INBOX_SECONDS),
        REC_CONTEXTS=str(few_contexts(folder / "pool")),
        **SMALL,
    ) as running:
        yield running


@pytest.fixture(scope="module")
def interface(up: Up, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interface]:
    with interface_at(
        up.interface, Path(PICTURES) if PICTURES else tmp_path_factory.mktemp("pictures")
    ) as opened:
        yield opened


def test_dropped_files_are_loaded_mined_and_turned_into_days_without_a_hand(up: Up) -> None:
    for file in sample_files():
        drop(up, file.name, file.read_bytes())
    with saying_what_stood(up):
        turned = await_answer(lambda: whole_days(up), TURNED_SECONDS, "the days do not turn")
    settle(up)  # the last day's golden index and checks follow what whole days are told by
    assert len(turned) >= int(SMALL["REC_DAYS"])  # one more where midnight passes meanwhile
    for job in ("load", "mine", "wheel"):
        assert {run["status"] for run in up.runs(job)} == {"SUCCESS"}, job
    loaded = [run["tags"]["dagster/partition"] for run in up.runs("load")]
    assert sorted(loaded) == [file.name for file in sample_files()]
    assert [run["tags"]["dagster/partition"] for run in up.runs("wheel")] == turned
    for name in ("inbox", "daily_turn"):
        assert "FAILURE" not in {tick["status"] for tick in up.ticks(name)}, name
        assert any(tick["runIds"] for tick in up.ticks(name)), name


def test_the_same_content_again_under_two_names_is_loaded_no_second_time(up: Up) -> None:
    file, rows = sample_files()[0], raw_rows(up)
    drop(up, file.name, file.read_bytes())
    drop(up, f"again-{file.name}", file.read_bytes())
    await_ticks(up, "inbox", 4)
    settle(up)
    assert raw_rows(up) == rows
    loads = [(r["tags"]["dagster/partition"], r["status"]) for r in up.runs("load")]
    assert [name for name, _ in loads].count(file.name) == 1
    assert [load for load in loads if load[0] == f"again-{file.name}"] == [
        (f"again-{file.name}", "SUCCESS")
    ]


def test_a_changed_file_is_loaded_in_place_of_what_it_held(up: Up) -> None:
    name = "usage_summaries.json"
    path = next(file for file in sample_files() if file.name == name)
    summaries: list[dict[str, Any]] = json.loads(path.read_bytes())
    before = raw_rows(up)
    drop(up, name, json.dumps(summaries[:-2]).encode())
    await_answer(lambda: raw_rows(up) == before - 2, TURNED_SECONDS, "it is not replaced")
    settle(up)
    assert {run["status"] for run in up.runs("load")} == {"SUCCESS"}


def test_the_ticks_that_the_daemon_made_are_known_until_the_schedule_is_stopped(up: Up) -> None:
    yearly = dg.ScheduleDefinition(
        name="daily_turn", cron_schedule="0 0 1 1 *", execution_timezone="UTC", job_name="wheel"
    )
    later = datetime.now(UTC) + timedelta(minutes=5)
    with dg.DagsterInstance.local_temp(str(up.home / "dagster")) as instance:
        due = latest_tick(instance, yearly, later).due
        assert due is not None
        assert later - due < timedelta(minutes=8)
        stop_schedule(up, "daily_turn")
        stopped = latest_tick(instance, yearly, later)
    assert stopped == (None, "the schedule daily_turn is stopped")
    start_schedule(up, "daily_turn")


def test_a_person_finds_the_lineage(interface: Interface) -> None:
    interface.open_lineage("simulated_traffic", "downstream")
    interface.sees("training_examples", "user_profiles", "cluster_profiles", "serving_profiles")
    interface.sees("golden_export", "wheel_report")
    interface.picture("lineage")
    interface.come_closer()
    interface.sees("100% filled", "Asset checks")


def test_a_person_materializes_an_asset_by_clicking(up: Up, interface: Interface) -> None:
    interface.open("/assets/wheel_report")
    interface.page.get_by_role("button", name="Materialize").first.click()
    begun = interface.launch()
    assert up.end_of(run_of(up, begun)) == "SUCCESS"
    interface.open("/assets/wheel_report?view=partitions")
    interface.sees(re.compile(r"Materialized \([3-9]\)"), "Failed (0)")


def test_a_person_looks_at_the_funnel_of_a_day(interface: Interface) -> None:
    interface.show_plot("simulated_traffic", "funnel")
    interface.picture("funnel")


def test_a_failed_blocking_check_is_seen_to_stop_what_is_downstream(
    up: Up, interface: Interface
) -> None:
    served = recwheel_json(up.home, "status")["versions"]
    broken = break_a_profile(up)
    interface.open_lineage("user_profiles", "downstream")
    interface.page.get_by_role("button", name="Materialize all").click()
    begun = run_of(up, interface.launch())
    assert up.end_of(begun) == "FAILURE"
    interface.come_closer()
    interface.sees(re.compile(r"\d+% filled \(1 failed\)"))
    interface.rests()
    interface.picture("stopped")
    interface.open("/assets/user_profiles?view=checks")
    interface.sees("profiles_are_normalised", "Failed", "blocking", broken)
    interface.picture("check")
    assert recwheel_json(up.home, "status")["versions"] == served


def test_the_readmes_pictures_are_those_that_were_taken(interface: Interface) -> None:
    taken = {path.name for path in interface.pictures.glob("*.png")}
    for name in READMES:
        shown = re.findall(r"\(docs/pictures/([^)]+)\)", (ROOT / name).read_text("utf-8"))
        assert sorted(shown) == sorted(taken), name
    assert all((ROOT / "docs" / "pictures" / name).stat().st_size < MOST_BYTES for name in taken)


def drop(up: Up, name: str, content: bytes) -> None:
    """Put a file into the inbox as a person's copy does: under its own name, byte by byte."""
    (up.home / "inbox" / name).write_bytes(content)


def stop_schedule(up: Up, name: str) -> None:
    """Switch it off as the interface does."""
    selector = {**REPOSITORY, "name": name}
    state = up.graphql(STATE, selector=selector)["instigationStateOrError"]
    (done,) = up.graphql(STOP, id=state["id"]).values()
    assert done["__typename"] == "ScheduleStateResult", done


def start_schedule(up: Up, name: str) -> None:
    """Switch it on again."""
    (done,) = up.graphql(START, selector={**REPOSITORY, "scheduleName": name}).values()
    assert done["__typename"] == "ScheduleStateResult", done


@contextmanager
def saying_what_stood(up: Up) -> Iterator[None]:
    """A failure tells the runs and the latest ticks: nobody sees that interface afterwards."""
    try:
        yield
    except AssertionError as failed:
        runs = [(r["jobName"], r["status"]) for r in up.graphql(JOB_RUNS)["runsOrError"]["results"]]
        failed.add_note(f"runs: {runs}")
        for name in ("inbox", "mine_after_load", "missed_days", "daily_turn"):
            failed.add_note(f"{name}: {up.ticks(name)[:5]}")
        raise


def whole_days(up: Up) -> list[str]:
    """The days that stand to their end, once all of the first ones do; else none."""
    with reading(up) as store:
        done = [manifests.days(store, asset) for asset in ("golden_export", "wheel_report")]
    return done[0] if done[0] == done[1] and len(done[0]) >= int(SMALL["REC_DAYS"]) else []


def raw_rows(up: Up) -> int:
    """Rows of the raw store."""
    with reading(up) as store:
        return store.count(RAW)


def break_a_profile(up: Up) -> str:
    """Spoil the row of a user who was idle on the latest day, so that no run mends it; the id."""
    latest = whole_days(up)[-1]
    with reading(up) as store:
        rows = [row for batch in store.scan(COLLECTIONS["G"]) for row in batch]
        row = next(row for row in rows if latest not in row["evidence"])
        row["preferred_category_vector"][0] += 0.5
        store.put(COLLECTIONS["G"], [row])
    return str(row["_id"])


def await_ticks(up: Up, name: str, more: int) -> None:
    """Wait for so many ticks of the sensor from now."""
    seen = len(up.ticks(name))
    await_answer(lambda: len(up.ticks(name)) >= seen + more, TURNED_SECONDS, f"{name} rests")


def settle(up: Up) -> None:
    """Wait until nothing runs or waits any more."""
    jobs = ("load", "mine", "wheel")
    await_answer(
        lambda: all(run["status"] in ENDED for job in jobs for run in up.runs(job)),
        TURNED_SECONDS,
        "runs do not end",
    )


def run_of(up: Up, beginning: str) -> str:
    """The id of the run of which the interface showed the first digits."""
    found = up.graphql("{runsOrError(limit: 50){... on Runs{results{runId}}}}")
    ids = [run["runId"] for run in found["runsOrError"]["results"]]
    return str(next(identity for identity in ids if identity.startswith(beginning)))


@contextmanager
def reading(up: Up) -> Iterator[LogStore]:
    """The store that the running processes write."""
    store = open_log_store(f"sqlite:///{up.home / 'recwheel.sqlite'}")
    try:
        yield store
    finally:
        store.close()
