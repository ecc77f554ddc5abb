"""Who is told as sessions finish: Dagster's log by default, a bar where a person looks on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Report = Callable[[str, int, int], None]  # day, sessions finished, sessions planned

_listener: ContextVar[Report | None] = ContextVar("listener", default=None)


@contextmanager
def listening(report: Report) -> Iterator[None]:
    """Within this block `report` hears of every finished session of this process."""
    token = _listener.set(report)
    try:
        yield
    finally:
        _listener.reset(token)


def counter(day: str, planned: int, otherwise: Callable[[str], None]) -> Callable[[int], None]:
    """Counts finished sessions and tells the listener; without one, a line each tenth."""
    listener, finished = _listener.get(), 0

    def count(more: int) -> None:
        nonlocal finished
        before, finished = finished, finished + more
        if listener is not None:
            listener(day, finished, planned)
        elif before * 10 // planned != finished * 10 // planned:
            otherwise(f"{finished} of {planned} sessions of {day}")

    return count
