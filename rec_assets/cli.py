"""`recwheel`: what a person types. Each command is thin; what it does lies beside it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from rec_assets.commands import stopping

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Personal recommendations for a writing assistant, before it has users.",
)
PIPED_WIDTH = 110  # characters of a line where no terminal says how wide it is


class TokenizerChoice(StrEnum):
    """Where the pieces of a trained encoder come from."""

    committed = "committed"
    learn = "learn"


Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.command()
def run(
    start: Annotated[str | None, typer.Option(help="First day, ISO (UTC).")] = None,
    days: Annotated[int | None, typer.Option(min=1, max=3660, help="Days to simulate.")] = None,
    sessions: Annotated[int | None, typer.Option(min=1, help="Sessions, all days.")] = None,
    users: Annotated[int | None, typer.Option(min=1, help="Simulated users.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of every draw.")] = None,
    as_json: Json = False,
) -> None:
    """Load the sample export, mine personas, simulate the first days, build profiles, report."""
    from rec_assets.commands.actions import run_wheel

    first = None if start is None else _day(start)
    asked = {"start": first, "days": days, "sessions": sessions, "users": users, "seed": seed}
    result = run_wheel(_console(as_json), asked)
    _emit(result, as_json)


@app.command()
def backfill(
    from_: Annotated[
        str | None, typer.Option("--from", help="First day, ISO (UTC); else the wheel's first.")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", help="Last day, ISO (UTC); else the latest complete one.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Turn the wheel for the days of a range that are not complete, in order."""
    from rec_assets.commands.backfill import backfill_days

    _emit(backfill_days(_console(as_json), _day(from_), _day(to)), as_json)


@app.command()
def load(
    paths: Annotated[list[Path], typer.Argument(help="Export files.", exists=False)],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be understood; load nothing.")
    ] = False,
    mapping: Annotated[
        Path | None, typer.Option(help="What the export's words are in ours (JSON or TOML).")
    ] = None,
    suggest: Annotated[
        Path | None, typer.Option(help="With --dry-run: write a mapping to fill in.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Load raw export files, then mine the personas again."""

    from rec_assets.commands import actions

    shown = _console(as_json)
    if dry_run:
        _emit(actions.inspect_exports(shown, paths, mapping, suggest), as_json)
    elif suggest is not None:
        raise typer.BadParameter("--suggest goes with --dry-run: nothing is suggested by a load")
    else:
        _emit(actions.load_exports(shown, paths, mapping), as_json)


@app.command()
def up() -> None:
    """Keep the service and Dagster's web interface and daemon running, until Ctrl-C."""
    from rec_assets.commands.actions import keep_up

    keep_up(Console())


@app.command()
def recommend(
    text: Annotated[str, typer.Argument(help="The selected text.")],
    user: Annotated[str, typer.Option("--user", help="Whose recommendations.")],
    as_json: Json = False,
) -> None:
    """Ask the service for recommendations, as an editor would."""
    from rec_assets.commands.asking import ask

    _emit(ask(_console(as_json), user, text), as_json)


@app.command()
def status(as_json: Json = False) -> None:
    """What stands in the store, and how the exit criteria stand."""
    from rec_assets.commands.actions import tell_status

    _emit(tell_status(_console(as_json)), as_json)


@app.command()
def copy(
    to: Annotated[
        str,
        typer.Option(
            envvar="REC_COPY_TO",  # a password in an argument is seen by all who list processes
            help="mongodb://…, sqlite:///FILE, or a file's path.",
        ),
    ],
    as_json: Json = False,
) -> None:
    """Copy the whole state to another log store; the same command goes on after a kill."""
    from rec_assets.commands.copying import copy_to

    _emit(copy_to(_console(as_json), to), as_json)


@app.command()
def key(
    role: Annotated[str, typer.Option(help="app, simulator or admin.")] = "app",
) -> None:
    """Print this machine's own API key of a role; made on first use."""
    from rec_assets.commands.asking import own_key

    sys.stdout.write(own_key(role) + "\n")


@app.command()
def train_encoder(
    out: Annotated[
        Path | None, typer.Option(help="Folder of the model; default: REC_HOME/encoder.")
    ] = None,
    tokenizer: Annotated[
        TokenizerChoice,
        typer.Option(help="committed: the same bytes every time; learn: pieces anew."),
    ] = TokenizerChoice.committed,
    steps: Annotated[int, typer.Option(min=1, help="Steps of the fine-tune.")] = 500,
    as_json: Json = False,
) -> None:
    """Train the default encoder again on the text in REC_TRAINING_DATA."""
    from rec_assets.commands.encoder_training import train_encoder

    _emit(train_encoder(_console(as_json), out, tokenizer.value, steps), as_json)


@app.command()
def dashboards(
    kibana: Annotated[
        str | None, typer.Option(help="http(s)://host:port; default: REC_KIBANA_URL.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the saved objects to this NDJSON file instead.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Put data views and dashboard into Kibana; waits while it starts, may be repeated."""
    from rec_assets.commands.dashboards import put_dashboards

    _emit(put_dashboards(_console(as_json), kibana, out), as_json)


@app.command()
def reference(
    folder: Annotated[Path, typer.Argument(help="Where the pages are written.")],
) -> None:
    """Write the reference pages (data dictionary, settings), as docs/ has them."""
    from rec_assets.commands.reference import PAGES

    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


def main() -> None:
    """Run the command line."""
    spoken(app)


def spoken(work: Callable[[], object]) -> None:
    """Do the work; an error that a person can mend is one sentence and status 1."""
    stopping.listen()
    try:
        from rec_assets.commands.mendable import MENDABLE, sentence_of, why_not_written

        work()
    except stopping.Stopped as stopped:
        _say(stopped.sentence)
        stopping.leave(stopped)
    except Exception as error:
        sentence = why_not_written(error)
        if sentence is None and not isinstance(error, MENDABLE):
            raise
        _say(sentence or sentence_of(error))
        sys.exit(1)


def _say(sentence: str) -> None:
    words = f"recwheel: {sentence}"  # never broken: a path in it is to be copied
    Console(stderr=True).print(words, style="red", markup=False, soft_wrap=True)


def _console(as_json: bool) -> Console:
    """Where progress goes: standard error when the result is JSON on standard output."""
    shown = Console(stderr=as_json)
    return shown if shown.is_terminal else Console(stderr=as_json, width=PIPED_WIDTH)


def _emit(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        json.dump(result, sys.stdout, ensure_ascii=False, allow_nan=False, indent=2, sort_keys=True)
        sys.stdout.write("\n")


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day: write it as 2026-01-31") from None
    if day >= datetime.now(UTC).date():
        raise typer.BadParameter(f"{day} is not over yet (UTC): the wheel turns complete days")
    return day
