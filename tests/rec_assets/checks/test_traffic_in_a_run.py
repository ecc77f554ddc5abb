"""Whether traffic fell, as whole days with their bots meet it: people and bots apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rec_assets.commands.turn import why_failed
from resources.records import COLLECTIONS
from tests.rec_assets.checks.test_in_a_run import found, not_passed
from tests.rec_assets.live_rows import add_live_sessions
from tests.rec_assets.wheel import DAYS, Wheel, wheel

EVE, DAY, NEXT = DAYS
WANTED = 130  # sessions a day
CHAIN = (
    "simulated_traffic", "training_examples", "user_profiles", "cluster_profiles",
    "serving_profiles",
)  # fmt: skip


@pytest.fixture(scope="module")
def bots(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wheel]:
    """A wheel of bots alone whose first two days stand."""
    folder = tmp_path_factory.mktemp("bots") / "home"
    with wheel(folder, sessions=2 * WANTED, days=2) as whole:
        whole.complete(EVE, DAY, only=CHAIN)
        yield whole


@pytest.fixture
def mixed(bots: Wheel, tmp_path: Path) -> Iterator[Wheel]:
    """A wheel with 120 live sessions on its first day, which stands."""
    with wheel(tmp_path / "home", sessions=2 * WANTED, days=2) as whole:
        add_live_sessions(bots.store, whole.store, EVE, range(120), users=40)
        whole.complete(EVE, only=CHAIN)
        yield whole


def simulated(whole: Wheel, day: str) -> int:
    return whole.store.count(COLLECTIONS["A"], {"day": day, "origin": "simulation"})


def test_people_who_stay_away_stop_the_day_though_bots_fill_it_up(
    mixed: Wheel, bots: Wheel
) -> None:
    add_live_sessions(bots.store, mixed.store, DAY, range(200, 210), users=5)
    result = mixed.turn(DAY, only=CHAIN)
    assert simulated(mixed, DAY) == WANTED - 10
    assert not_passed(result) == {"traffic_did_not_halve"}
    assert "10 live recommendations, 8% of the least of day before 120" in why_failed(result)


def test_bots_that_are_switched_off_stop_nothing(mixed: Wheel, bots: Wheel) -> None:
    mixed.environment = {**mixed.environment, "REC_SESSIONS": "500"}
    add_live_sessions(bots.store, mixed.store, DAY, range(200, 320), users=40)
    mixed.complete(DAY, only=CHAIN)
    assert simulated(mixed, DAY) == 130
    mixed.environment = {**mixed.environment, "REC_SIMULATE": "false"}
    add_live_sessions(bots.store, mixed.store, NEXT, range(400, 460), users=40)
    result = mixed.turn(NEXT, only=CHAIN)
    assert result.success, why_failed(result)
    assert "traffic_did_not_halve" not in not_passed(result)


def test_a_day_of_bots_that_lost_more_than_half_of_what_was_fixed_stops(bots: Wheel) -> None:
    rows = [row for batch in bots.store.scan(COLLECTIONS["A"], days=[DAY]) for row in batch]
    kept = {row["user_id"] for row in rows[:: len(rows) // 4]}
    removed = {letter: [] for letter in "ABCD"}
    for letter, of_letter in removed.items():
        for user in sorted({row["user_id"] for row in rows} - kept):
            where = {"day": DAY, "user_id": user}
            batches = bots.store.scan(COLLECTIONS[letter], where=where)
            of_letter += [row for batch in batches for row in batch]
            bots.store.delete(COLLECTIONS[letter], where)
    result = bots.turn(DAY, only=CHAIN)
    for letter, of_letter in removed.items():
        bots.store.append(COLLECTIONS[letter], of_letter).whole()
    assert not_passed(result) == {"traffic_did_not_halve"}
    assert f"of the {WANTED} that were fixed for the day" in why_failed(result)


def test_a_day_on_which_no_rewrite_worked_stops_and_no_check_calls_it_ordinary(
    mixed: Wheel, bots: Wheel
) -> None:
    mixed.environment = {**mixed.environment, "REC_SIMULATE": "false"}
    add_live_sessions(bots.store, mixed.store, DAY, range(200, 320), users=40)
    for letter in "BCD":
        mixed.store.delete(COLLECTIONS[letter], {"day": DAY})
    result = mixed.turn(DAY, only=CHAIN)
    drifted = {f"{word}_did_not_drift" for word in ("category", "intensity", "language")}
    assert not_passed(result) == {"traffic_did_not_halve", "accept_rate_did_not_drift", *drifted}
    assert "0 of 120 live ones executed, 0% of the" in why_failed(result)
    told = found(result)["category_did_not_drift"].description
    assert told is not None
    assert told.startswith("categories executed: none on this day, ")
