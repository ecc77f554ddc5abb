"""`recwheel status`: what scripts and people read of a store."""

from __future__ import annotations

from pathlib import Path

import pytest

from rec_assets import manifests
from rec_assets.complete_days import PARTS
from rec_assets.day_state import hold_back
from resources.sqlite_log_store import SqliteLogStore
from tests.rec_assets.command_line import recwheel, recwheel_json

FIRST, SECOND, THIRD = "2026-01-05", "2026-01-06", "2026-01-07"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One day is complete, one held back, of one traffic alone stands."""
    folder = tmp_path_factory.mktemp("status")
    store = SqliteLogStore(folder / "recwheel.sqlite")
    manifests.complete(store, "sample_load", "first")
    for day in (FIRST, SECOND):
        for part in PARTS:
            manifests.complete(store, part, day, clusters=0)
    hold_back(store, SECOND)
    manifests.begin(store, "simulated_traffic", THIRD)
    store.close()
    return folder


def test_a_day_that_is_held_back_or_cut_short_is_not_among_the_complete_ones(home: Path) -> None:
    figures = recwheel_json(home, "status")
    assert figures["days"] == [FIRST]
    assert figures["days_unfinished"] == [SECOND, THIRD]


def test_a_person_reads_which_days_are_not_complete(home: Path) -> None:
    said = " ".join(recwheel(home, "status").stdout.split())
    assert f"days complete: {FIRST} … {FIRST} (1 days)" in said
    assert f"begun, not complete (held back, cut short or at work): {SECOND}, {THIRD}" in said


def test_of_an_empty_home_the_answer_is_json_all_the_same(tmp_path: Path) -> None:
    criteria = recwheel_json(tmp_path, "status")["exit_criteria"]
    assert criteria["users_judged"] == 0
    assert criteria["persona_first_of_ceiling"] is None
