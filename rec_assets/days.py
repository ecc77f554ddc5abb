"""Arithmetic on ISO dates: the days by which the wheel is cut."""

from __future__ import annotations

from datetime import date, timedelta


def day_before(day: str) -> str:
    """The ISO date before."""
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def days_between(earlier: str, later: str) -> int:
    """Whole days from one ISO date to another; negative when `later` is before."""
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days


def days_before(day: str, number: int) -> list[str]:
    """The ISO dates of so many days before, the latest first."""
    last = date.fromisoformat(day)
    return [(last - timedelta(days=k)).isoformat() for k in range(1, number + 1)]
