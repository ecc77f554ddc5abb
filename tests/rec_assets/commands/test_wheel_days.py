"""`recwheel run` turns days that are over, and says so before it settles anything."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from rec_assets.commands import home
from rec_assets.commands.wheel_days import days_over, must_be_over
from resources.errors import SettingError
from resources.settings import Settings
from tests.rec_assets.command_line import recwheel

NOW = datetime(2026, 1, 8, 0, 30, tzinfo=UTC)
YESTERDAY = date(2026, 1, 7)


def from_(day: int, days: int) -> Settings:
    return Settings(start=date(2026, 1, day), days=days)


def test_a_run_that_would_end_after_yesterday_is_refused_before_anything_is_written(
    tmp_path: Path,
) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    words = ("run", "--start", yesterday, "--days", "3")
    for done in (
        recwheel(tmp_path / "home", *words),
        recwheel(tmp_path / "home", "run", REC_START=yesterday, REC_DAYS="2"),
    ):
        assert done.returncode == 1
        assert f"days from {yesterday} on are not over yet (UTC)" in done.stderr
        assert "or --days 1" in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert not (tmp_path / "home").exists()


def test_the_days_up_to_yesterday_may_begin() -> None:
    must_be_over(from_(5, 3), NOW)
    must_be_over(Settings(start=None, days=3), NOW)
    with pytest.raises(SettingError, match=r"name --start 2026-01-04 or earlier, or --days 3$"):
        must_be_over(from_(5, 4), NOW)


def test_a_first_day_in_the_future_is_not_mended_by_fewer_days() -> None:
    with pytest.raises(SettingError, match=r"name --start 2026-01-06 or earlier$"):
        must_be_over(from_(8, 2), NOW)


def test_days_are_of_utc_wherever_the_clock_stands() -> None:
    seoul = datetime.fromisoformat("2026-01-08T08:30:00+09:00")  # 23:30 on the seventh in UTC
    with pytest.raises(SettingError, match="2026-01-06 is the latest that is"):
        must_be_over(from_(7, 1), seoul)


def test_a_wheel_that_was_begun_turns_its_days_that_are_over() -> None:
    home.settle({"start": date(2026, 1, 6), "days": 5})
    begun = from_(6, 5)
    must_be_over(begun, NOW)
    assert days_over(begun, NOW) == (date(2026, 1, 6), YESTERDAY)
    assert days_over(begun, NOW + timedelta(days=30)) == (date(2026, 1, 6), date(2026, 1, 10))
    with pytest.raises(SettingError, match="begins on 2026-01-08, which is not over yet"):
        days_over(from_(8, 5), NOW)
