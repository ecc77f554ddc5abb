from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rec_assets import manifests
from rec_assets.day_state import days_redone
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
