"""How far a long step is: a bar with rate and remaining time, or one line a step where none looks.

The rate is rich's: over the last seconds, so that a slow start is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

RATE_SECONDS: Final = 10.0  # the time over which a rate is taken


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
        self._words, self._started, self._done = words, monotonic(), 0
        self._task = progress.add_task(words, total=None) if progress else None

    def now(self, done: int, total: int, words: str | None = None) -> None:
        """`done` of `total` units; `words` replace the step's name."""
        self._done = done
        if self._progress is not None and self._task is not None:
            self._progress.update(
                self._task, completed=done, total=total, description=words or self._words
            )

    def end(self, words: str) -> None:
        """The step is over; where there is no bar, its one line."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=words)
            return
        seconds = monotonic() - self._started
        rate = f", {self._done / seconds:,.0f} {self._unit}/s" if self._done and seconds else ""
        self._console.print(
            f"{words}: {self._done:,} {self._unit} in {seconds:.1f} s{rate}", markup=False
        )


@contextmanager
def shown(console: Console, words: str, unit: str) -> Iterator[Shown]:
    """A step of a command as a person follows it; `unit` is what is counted."""
    if not console.is_terminal:
        yield Shown(console, None, words, unit)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,}/{task.total:,}"),
        RateColumn(unit),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, speed_estimate_period=RATE_SECONDS) as progress:
        yield Shown(console, progress, words, unit)
