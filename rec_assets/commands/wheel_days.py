"""Which days a first run turns: complete ones alone, said before it settles anything."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from resources.errors import SettingError
from resources.settings import WHEEL_FILE, Settings


def must_be_over(settings: Settings, now: datetime) -> None:
    """SettingError when a wheel that is not begun yet would have days that are not over (UTC)."""
    if (settings.home / WHEEL_FILE).exists():
        return
    first, last = _span(settings, now)
    yesterday = _yesterday(now)
    if last > yesterday:
        latest = yesterday - timedelta(days=settings.days - 1)
        fewer = (yesterday - first).days + 1
        raise SettingError(
            f"{settings.days} days from {first} end on {last}, and {yesterday} is the latest day "
            f"that is over (UTC): name --start {latest} or earlier"
            + (f", or --days {fewer}" if fewer > 0 else "")
        )


def days_over(settings: Settings, now: datetime) -> tuple[date, date]:
    """The wheel's first day, and the last of its first run that is over.

    SettingError when none is.
    """
    first, last = _span(settings, now)
    if first > _yesterday(now):
        raise SettingError(
            f"the wheel in {settings.home} begins on {first}, which is not over yet (UTC): wait "
            "until it is, or begin in an empty REC_HOME"
        )
    return first, min(last, _yesterday(now))


def _span(settings: Settings, now: datetime) -> tuple[date, date]:
    try:
        first = settings.first_day(now)
        return first, first + timedelta(days=settings.days - 1)
    except OverflowError:
        raise SettingError(
            f"no calendar holds {settings.days} days: name fewer by --days or REC_DAYS"
        ) from None


def _yesterday(now: datetime) -> date:
    return now.astimezone(UTC).date() - timedelta(days=1)
