"""Which days a first run turns: complete ones alone, said before it settles anything."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from resources.errors import SettingError
from resources.settings import WHEEL_FILE, Settings


def must_be_over(settings: Settings, now: datetime) -> None:
    """SettingError when a wheel that is not begun yet would have days that are not over (UTC)."""
    first, yesterday = settings.first_day(now), _yesterday(now)
    over = (yesterday - first).days + 1
    if over >= settings.days or (settings.home / WHEEL_FILE).exists():
        return
    latest = yesterday - timedelta(days=settings.days - 1)
    raise SettingError(
        f"{settings.days} days from {first} on are not over yet (UTC), {yesterday} is the latest "
        f"that is: name --start {latest} or earlier" + (f", or --days {over}" if over > 0 else "")
    )


def days_over(settings: Settings, now: datetime) -> tuple[date, date]:
    """The wheel's first day, and the last of its first `days` that is over.

    SettingError when none is.
    """
    first, yesterday = settings.first_day(now), _yesterday(now)
    if first > yesterday:
        raise SettingError(
            f"the wheel in {settings.home} begins on {first}, which is not over yet (UTC): wait "
            "until it is, or begin in an empty REC_HOME"
        )
    return first, first + timedelta(days=min(settings.days - 1, (yesterday - first).days))


def _yesterday(now: datetime) -> date:
    return now.astimezone(UTC).date() - timedelta(days=1)
