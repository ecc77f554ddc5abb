from __future__ import annotations

import pytest

from rec_assets.checks.counts import FLOOR, fall_finding, references_of, unusual_finding

WEEK = [500, 500, 500, 500, 500, 500, 500]


def test_a_day_is_compared_with_its_eve_its_weekday_and_the_week() -> None:
    assert references_of([500, 40, 450, 470, 460, 480, 200]) == {
        "day before": 500,
        "a week ago": 200,
        "median of the week": 460,
    }
    assert references_of([None, 300]) == {"median of the week": 300}


def test_a_first_day_passes() -> None:
    assert fall_finding("A", 7, references_of([])).holds


@pytest.mark.parametrize(("number", "holds"), [(250, True), (249, False), (0, False)])
def test_half_of_the_day_before_is_asked_for(number: int, holds: bool) -> None:
    found = fall_finding("A", number, references_of(WEEK))
    assert found.holds == holds
    assert holds or (found.stops and "50% are asked for" in found.sentence)


def test_a_saturday_is_judged_by_the_saturday_before() -> None:
    assert fall_finding("A", 190, references_of([500, 500, 500, 500, 500, 150, 200])).holds


def test_the_day_after_an_exceptional_one_is_judged_by_ordinary_ones() -> None:
    assert fall_finding("A", 500, references_of([50_000, 500])).holds


def test_small_numbers_are_not_judged() -> None:
    assert fall_finding("A", 3, {"day before": FLOOR - 1}).holds


def test_a_day_without_any_traffic_is_told_and_stops_nothing() -> None:
    found = unusual_finding("recommendations", 0, references_of(WEEK), "few")
    assert (found.holds, found.stops) == (False, False)
    assert "no recommendations at all" in found.sentence


def test_a_hundredfold_day_is_told_and_stops_nothing() -> None:
    found = unusual_finding("recommendations", 50_000, references_of(WEEK), "few")
    assert (found.holds, found.stops) == (False, False)
    assert "100 times" in found.sentence
