"""One day of the wheel as a person at the command line follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from rec_assets import manifests
from rec_assets.commands import turn
from rec_assets.commands.progress_bar import shown
from rec_assets.progress import listening
from resources.log_store import LogStore
from resources.settings import Settings

if TYPE_CHECKING:
    from dagster import DagsterInstance


def turn_shown(console: Console, instance: DagsterInstance, day: str, words: str = "") -> None:
    """Turn the day with its progress on the console; `words` follow "complete"."""
    with shown(console, f"{day}: sessions", "sessions") as step:

        def report(done: int, planned: int | None) -> None:
            step.now(done, planned, "" if done != planned else f"{day}: profiles")

        with listening(report):
            unsent = turn.turn(instance, day)
        step.end(f"{day}: complete{words}")
    _say_unsent(console, day, unsent)


def send_rest(
    console: Console, instance: DagsterInstance, store: LogStore, settings: Settings
) -> None:
    """Send to Elasticsearch what it lacks of the days that stand."""
    waiting = manifests.unfinished(store, turn.BESIDE) if settings.elasticsearch_url else []
    if waiting:
        _say_unsent(console, waiting[-1], turn.index(instance, waiting[-1]))


def _say_unsent(console: Console, day: str, unsent: str) -> None:
    if unsent:
        console.print(f"{day}: {unsent}", style="red", markup=False)
