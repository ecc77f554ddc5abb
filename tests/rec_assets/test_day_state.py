from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rec_assets import manifests
from rec_assets.day_state import (
    DayMissing,
    days_redone,
    hold_back,
    require_day_before,
)
from resources.log_store import LogStore
from resources.records import COLLECTIONS
from resources.sqlite_log_store import SqliteLogStore
from tests.builders import example

EARLY, DAY, LATER = "2026-01-05", "2026-01-06", "2026-01-07"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LogStore]:
    opened = SqliteLogStore(tmp_path / "log.sqlite")
    yield opened
    opened.close()


def test_a_day_knows_the_earlier_ones_that_were_made_anew_with_it(store: LogStore) -> None:
    manifests.complete(store, "training_examples", DAY, late_days=[EARLY])
    manifests.complete(store, "training_examples", LATER, late_days=[])
    assert days_redone(store, DAY) == [EARLY, DAY]
    assert days_redone(store, LATER) == [LATER]


def test_where_nobody_noted_them_late_rows_tell(store: LogStore) -> None:
    store.put(COLLECTIONS["H"], [example("a1", day=EARLY, arrived_on=DAY)])
    manifests.complete(store, "training_examples", DAY)
    assert days_redone(store, DAY) == [EARLY, DAY]
    assert days_redone(store, LATER) == [LATER]


def test_a_day_that_was_begun_is_unfinished_until_it_is_complete(store: LogStore) -> None:
    for day in (DAY, EARLY):
        manifests.begin(store, "golden_index", day)
    assert manifests.unfinished(store, "golden_index") == [EARLY, DAY]
    manifests.complete(store, "golden_index", EARLY)
    assert manifests.unfinished(store, "golden_index") == [DAY]


def test_a_day_rests_on_the_one_before_once_that_was_served(store: LogStore) -> None:
    require_day_before(store, DAY, first_day=DAY)
    with pytest.raises(DayMissing, match=f"cluster_profiles of {EARLY} is missing"):
        require_day_before(store, DAY, first_day=EARLY)
    manifests.complete(store, "cluster_profiles", EARLY)
    with pytest.raises(DayMissing, match=f"serving_profiles of {EARLY} is missing"):
        require_day_before(store, DAY, first_day=EARLY)
    manifests.complete(store, "serving_profiles", EARLY)
    require_day_before(store, DAY, first_day=EARLY)


def test_a_day_that_is_held_back_is_served_again_before_the_next_rests_on_it(
    store: LogStore,
) -> None:
    hold_back(store, EARLY)
    assert not manifests.begun(store, "serving_profiles", EARLY)
    for asset in ("cluster_profiles", "serving_profiles"):
        manifests.complete(store, asset, EARLY)
    hold_back(store, EARLY)
    with pytest.raises(DayMissing, match=f"a blocking check held {EARLY} back"):
        require_day_before(store, DAY, first_day=EARLY)
