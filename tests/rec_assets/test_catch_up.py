from __future__ import annotations

from rec_assets.catch_up import which_days

DAYS = [f"2026-01-{day:02d}" for day in range(5, 15)]


def test_the_first_days_are_asked_for_in_order() -> None:
    asked = which_days(DAYS, (), (), 3)
    assert asked.days == DAYS[:3]
    assert "10 days are missing" in asked.words


def test_while_they_run_the_queue_is_filled_up() -> None:
    assert which_days(DAYS, DAYS[:2], (), 3).days == DAYS[2:3]
    assert which_days(DAYS, DAYS[:3], (), 3).days == []


def test_a_day_that_failed_once_is_asked_for_with_those_behind_it() -> None:
    assert which_days(DAYS, (), ["a"], 3).days == DAYS[:3]


def test_a_day_that_failed_twice_is_asked_for_alone_until_it_stands() -> None:
    again = which_days(DAYS, (), ["b", "a"], 7)
    assert again.days == DAYS[:1]
    assert again.words.endswith("2026-01-05 failed 2 times, last in run b: it goes alone")
    assert which_days(DAYS, DAYS[:1], ["b", "a"], 7).days == []


def test_no_later_day_is_queued_to_fail_behind_one_that_is_not_asked_for() -> None:
    behind = which_days(DAYS, DAYS[1:4], ["a"], 7)
    assert behind.days == []
    assert behind.words == "2026-01-05 waits until 3 later days have ended"
    assert which_days(DAYS, [DAYS[0], DAYS[2]], (), 7).days == []


def test_a_complete_day_that_is_made_anew_behind_a_missing_one_is_waited_for() -> None:
    behind = which_days(["2026-01-05"], {"2026-01-03", "2026-01-09"}, [], 7)
    assert behind.words == "2026-01-05 waits until 1 later day has ended"


def test_after_three_failures_nothing_is_asked_for_even_while_later_days_run() -> None:
    for running in ((), DAYS[1:4]):
        given_up = which_days(DAYS, running, ["c", "b", "a"], 7)
        assert given_up.days == []
        assert "failed 3 times within 24 hours, last in run c" in given_up.words


def test_a_third_run_that_goes_on_is_waited_for() -> None:
    assert which_days(DAYS, DAYS[:1], ["c", "b", "a"], 7).words.startswith("1 of 10")
