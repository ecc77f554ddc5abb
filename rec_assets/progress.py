"""Who is told how far a long asset is: Dagster's event log, and a bar where a person looks on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Final

LINE_SECONDS: Final = 10.0  # between two lines in the log, where a tenth takes longer
Report = Callable[[int, int | None], None]  # done, of how many (None: not known)

_listener: ContextVar[Report | None] = ContextVar("listener", default=None)


@contextmanager
def listening(report: Report) -> Iterator[None]:
    """Within this block `report` hears how far the assets of this process are."""
    token = _listener.set(report)
    try:
        yield
    finally:
        _listener.reset(token)


def counter(
    what: str,
    planned: int | None,
    log: Callable[[str], None],
    clock: Callable[[], float] = monotonic,
) -> Callable[[int], None]:
    """Counts what is done, tells the listener, and writes a line at each tenth or ten seconds.

    `what` follows the count: "300 of 1,000 sessions of 2026-01-05, 95 a second, 7 s remain". The
    rate is that of the time since the line before, so a slow start is soon forgotten.
    """
    listener, done, lines = _listener.get(), 0, 0
    told_at, told = clock(), 0

    def count(more: int) -> None:
        nonlocal done, told_at, told, lines
        done += more
        if listener is not None:
            listener(done, planned)
        now = clock()
        tenth = done * 10 // planned if planned else 0
        if tenth > lines or now - told_at >= LINE_SECONDS:
            log(_line(what, done, planned, (done - told) / max(now - told_at, 1e-3)))
            told_at, told, lines = now, done, max(tenth, lines)

    return count


def _line(what: str, done: int, planned: int | None, rate: float) -> str:
    if planned is None:
        return f"{done:,} {what}, {rate:,.0f} a second"
    remaining = (planned - done) / rate if rate else 0.0
    words = f"{done:,} of {planned:,} {what}, {rate:,.0f} a second"
    return f"{words}, {remaining:,.0f} s remain" if done < planned else words
