"""How far a long step is: a bar with rate and remaining time, or a line where no terminal looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

RATE_SECONDS: Final = 10.0  # a rate is taken over so long: a slow start is soon forgotten


class RateColumn(ProgressColumn):
    """How many a second."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        """`123 sessions/s`; nothing before two points are known."""
        rate = task.finished_speed or task.speed
        return Text(f"{rate:,.0f} {self._unit}/s" if rate else "")


class Shown:
    """One step on the console: `now` says how far it is, `end` that it is over."""

    def __init__(self, console: Console, progress: Progress | None, words: str, unit: str) -> None:
        self._console, self._progress, self._unit = console, progress, unit
        self._words, self._started, self._counted = words, monotonic(), False
        self._task = progress.add_task(words, total=None) if progress else None

    def now(self, done: int, total: int | None, words: str = "") -> None:
        """`done` of `total` units; `words` stand in for the step's name."""
        if self._progress is not None and self._task is not None:
            words = words or self._words
            self._progress.update(self._task, completed=done, total=total, description=words)
        elif done == total and not self._counted:
            self._counted = True
            seconds = self._seconds()
            counted = f"{done:,} {self._unit} in {seconds:.1f} s, {done / seconds:,.0f} a second"
            self._console.print(f"{self._words}: {counted}", markup=False)

    def end(self, words: str = "") -> None:
        """The step is over; without `words` something else is about to say so."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=words or self._words)
            self._progress.stop_task(self._task)
        elif words:
            self._console.print(f"{words} in {self._seconds():.1f} s", markup=False)

    def _seconds(self) -> float:
        return max(monotonic() - self._started, 1e-3)


@contextmanager
def shown(console: Console, words: str, unit: str) -> Iterator[Shown]:
    """A step of a command as a person follows it; `unit` is what is counted."""
    if not console.is_terminal:
        yield Shown(console, None, words, unit)
        return
    times = (TimeElapsedColumn(), TimeRemainingColumn(elapsed_when_finished=False))
    counts = (BarColumn(), MofNCompleteColumn(), RateColumn(unit))
    columns = (TextColumn("{task.description}"), *counts, *times)
    with Progress(*columns, console=console, speed_estimate_period=RATE_SECONDS) as progress:
        yield Shown(console, progress, words, unit)
