from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rec_assets.traffic.filling import fill_up
from resources.log_store import LogStore
from resources.settings import Settings
from resources.sqlite_log_store import SqliteLogStore

DAY = "2026-01-07"
THIRD = 2  # turns after the first day


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LogStore]:
    opened = SqliteLogStore(tmp_path / "log.sqlite")
    yield opened
    opened.close()


def test_a_day_for_which_sessions_do_not_suffice_says_so(store: LogStore) -> None:
    filling = fill_up(store, Settings(sessions=2, days=3), DAY, THIRD)
    assert filling.sessions == 0
    assert filling.why == ("2 sessions (REC_SESSIONS) on 3 days (REC_DAYS) leave none for this day")


def test_a_day_without_bots_says_that_it_is_live_alone(store: LogStore) -> None:
    alone = Settings(sessions=2, days=3, simulate=False)
    filling = fill_up(store, alone, DAY, THIRD)
    assert filling.why == "REC_SIMULATE is false: live traffic alone"


def test_a_day_that_began_without_bots_says_so_although_there_are_bots_now(
    store: LogStore,
) -> None:
    fill_up(store, Settings(simulate=False), DAY, THIRD).keep(store, complete=True)
    filling = fill_up(store, Settings(), DAY, THIRD)
    assert (filling.sessions, filling.wanted) == (0, 0)
    assert filling.why == "the day was begun with live traffic alone, and ends so"
