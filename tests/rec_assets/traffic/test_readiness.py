from __future__ import annotations

import pytest

from rec_assets.traffic.readiness import why_not_yet

FIRST = "2026-01-05"


def reason(day: str, served: str | None, complete: bool) -> str | None:
    return why_not_yet(day, first_day=FIRST, served_day=served, day_before_complete=complete)


def test_the_first_day_may_run_before_anything_is_served() -> None:
    assert reason(FIRST, None, False) is None


def test_a_later_day_runs_once_its_eve_is_complete_and_served() -> None:
    assert reason("2026-01-06", FIRST, True) is None


@pytest.mark.parametrize(
    ("served", "complete", "words"),
    [
        ("2026-01-06", True, "already serves 2026-01-06"),
        (FIRST, False, "2026-01-05 is not complete"),
        (None, True, "serves nothing instead of 2026-01-05"),
    ],
)
def test_what_is_missing_is_named(served: str | None, complete: bool, words: str) -> None:
    assert words in str(reason("2026-01-06", served, complete))
