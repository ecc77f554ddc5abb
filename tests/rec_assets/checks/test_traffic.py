from __future__ import annotations

import numpy as np
import pytest

from rec_assets.checks.drift import CHANCE, NONE_FROM
from rec_assets.checks.traffic import Part, Traffic, chance_of_fall, traffic_finding, traffic_of
from rec_assets.training.day_counts import DayCounts

PEOPLE = Part(asked=500, executed=400, people=100)
BOTS = Part(asked=100, executed=80, people=20)


def week(live: Part = PEOPLE, bots: Part = BOTS) -> list[Traffic | None]:
    return [Traffic(live, bots)] * 7


def test_a_day_like_the_others_passes_and_tells_its_origins() -> None:
    found = traffic_finding(Traffic(PEOPLE, BOTS), week(), fixed=100)
    assert found.holds
    assert "500 live, 100 simulated" in found.sentence


def test_bots_do_not_hide_that_people_stayed_away() -> None:
    filled = Traffic(Part(50, 40, 10), Part(550, 440, 20))
    found = traffic_finding(filled, week(), fixed=550)
    assert (found.holds, found.stops) == (False, True)
    assert "50 live recommendations, 10% of the least of day before 500" in found.sentence


def test_people_who_stayed_away_altogether_are_missed_while_bots_go_on_and_stop_nothing() -> None:
    found = traffic_finding(Traffic(Part(), Part(600, 480, 20)), week(), fixed=600)
    assert (found.holds, found.stops) == (False, False)
    assert "0 live recommendations, 0% of the least of day before 500" in found.sentence


def test_that_people_stayed_away_hides_no_fault_of_the_bots() -> None:
    found = traffic_finding(Traffic(Part(), Part(20, 16, 20)), week(), fixed=600)
    assert (found.holds, found.stops) == (False, True)
    assert "20 simulated recommendations" in found.sentence


def test_bots_that_were_switched_off_are_not_missed() -> None:
    assert traffic_finding(Traffic(Part(60, 48, 20), Part()), week(Part(60, 48, 20)), fixed=0).holds


def test_bots_are_measured_by_what_was_fixed_for_the_day() -> None:
    alone = week(Part())
    assert traffic_finding(Traffic(simulated=Part(20, 16, 9)), alone, fixed=20).holds
    found = traffic_finding(Traffic(simulated=Part(49, 39, 9)), alone, fixed=100)
    assert (found.holds, found.stops) == (False, True)
    assert "49 simulated recommendations, 49% of the 100 that were fixed" in found.sentence
    assert not traffic_finding(Traffic(), alone, fixed=100).holds


@pytest.mark.parametrize("origin", ["live", "simulated"])
def test_a_day_on_which_nothing_was_executed_fails(origin: str) -> None:
    usual = Traffic(PEOPLE, BOTS)
    silent = usual._replace(**{origin: getattr(usual, origin)._replace(executed=0)})
    found = traffic_finding(silent, week(), fixed=100)
    assert (found.holds, found.stops) == (False, True)
    assert f"{origin} ones executed, 0% of the" in found.sentence
    assert "recommendations, " not in found.sentence.split(" ones executed")[0]


def test_half_of_what_was_to_be_expected_is_asked_for() -> None:
    for executed, holds in ((200, True), (199, False)):
        now = Traffic(PEOPLE._replace(executed=executed), BOTS)
        assert traffic_finding(now, week(), fixed=100).holds == holds


def test_a_first_day_and_one_without_anything_stop_nothing() -> None:
    assert traffic_finding(Traffic(PEOPLE, BOTS), [None] * 7, fixed=100).holds
    silent = traffic_finding(Traffic(), week(), fixed=0)
    assert (silent.holds, silent.stops) == (False, False)
    assert "no recommendations at all" in silent.sentence


def test_of_few_only_what_chance_does_not_explain_fails() -> None:
    few = week(Part(asked=60, executed=40, people=30), Part())
    assert traffic_finding(Traffic(Part(20, 14, 10)), few, fixed=0).holds
    assert not traffic_finding(Traffic(Part(4, 3, 2)), few, fixed=0).holds
    handful = week(Part(asked=60, executed=40, people=5), Part())
    assert traffic_finding(Traffic(Part(4, 3, 1)), handful, fixed=0).holds


def test_two_days_of_one_rate_are_hardly_ever_called_different() -> None:
    draw = np.random.default_rng(7)
    days = draw.poisson(30, size=(4_000, 2))
    called = sum(chance_of_fall(int(a), int(b), 1.0) < CHANCE for a, b in days)
    assert called <= 12  # four are expected, or fewer
    assert chance_of_fall(0, NONE_FROM, 1.0) < CHANCE < chance_of_fall(0, NONE_FROM - 1, 1.0)


def test_counts_are_parted_by_origin_and_older_ones_know_no_live_people() -> None:
    counts = DayCounts(
        examples=10, simulated=6, executed=7, simulated_runs=5, people=4, people_live=1
    )
    assert traffic_of(counts) == Traffic(Part(4, 2, 1), Part(6, 5, 3))
    older = DayCounts(examples=10, simulated=0, executed=7, people=4)
    assert traffic_of(older).live == Part(10, 7, 4)
