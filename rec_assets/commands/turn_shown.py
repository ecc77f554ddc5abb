"""One day of the wheel as a person at the command line follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from rec_assets.commands import turn
from rec_assets.commands.progress_bar import shown
from rec_assets.progress import listening

if TYPE_CHECKING:
    from dagster import DagsterInstance


def turn_shown(console: Console, instance: DagsterInstance, day: str, words: str = "") -> None:
    """Turn the day with its progress on the console; `words` follow "complete"."""
    with shown(console, f"{day}: sessions", "sessions") as step:

        def report(done: int, planned: int | None) -> None:
            step.now(done, planned, "" if done != planned else f"{day}: profiles")

        with listening(report):
            turn.turn(instance, day)
        step.end(f"{day}: complete{words}")
