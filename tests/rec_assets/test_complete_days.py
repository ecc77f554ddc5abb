from __future__ import annotations

from datetime import date

import pytest

from rec_assets import manifests
from rec_assets.complete_days import missing_days, not_on_the_first
from rec_assets.day_state import hold_back
from resources.log_store import LogStore
from tests.rec_assets.test_day_state import DAY, EARLY, LATER, store

__all__ = ["store"]  # a fixture

DAYS = [f"2026-01-{day:02d}" for day in range(5, 15)]
PARTS = (
    "training_examples", "user_profiles", "cluster_profiles", "serving_profiles", "golden_export",
    "wheel_report",
)  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_a_day_whose_redo_was_cut_short_is_missing_until_every_part_stands_again(
    store: LogStore, part: str
) -> None:
    first, last = date.fromisoformat(EARLY), date.fromisoformat(LATER)
    for day in (EARLY, DAY):
        for each in PARTS:
            manifests.complete(store, each, day)
    assert missing_days(store, first, last) == [LATER]
    manifests.begin(store, part, DAY)
    assert missing_days(store, first, last) == [DAY, LATER]
    manifests.complete(store, part, DAY)
    assert missing_days(store, first, last) == [LATER]


def test_a_complete_day_that_is_held_back_is_missing(store: LogStore) -> None:
    for each in PARTS:
        manifests.complete(store, each, EARLY)
    hold_back(store, EARLY)
    assert missing_days(store, date.fromisoformat(EARLY), date.fromisoformat(EARLY)) == [EARLY]


def test_a_day_rests_on_those_in_a_row_before_it() -> None:
    assert not_on_the_first(DAYS) == []
    assert not_on_the_first([*DAYS[:2], *DAYS[4:6]]) == DAYS[4:6]
    assert not_on_the_first(["2026-01-31", "2026-02-01", "2026-02-03"]) == ["2026-02-03"]
