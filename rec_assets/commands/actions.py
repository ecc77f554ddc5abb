"""What the commands do: each opens what it needs, calls the floor below, shows the result.

Dagster is imported in the functions: its partitions are cut by what the first run settled, so
that must stand first; and `recwheel key` need not wait five seconds for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from rec_assets import manifests
from rec_assets.commands import home
from rec_assets.commands.asking import PORT_FILE
from rec_assets.commands.category_vectors import ensure_prototypes
from rec_assets.commands.locks import only_one
from rec_assets.commands.opened import dagster_instance, opened, say_store
from rec_assets.commands.standing import standing
from rec_assets.commands.stopping import telling
from rec_assets.commands.to_try import SENTENCE, curl
from rec_assets.commands.wheel_days import days_over, must_be_over
from rec_assets.complete_days import missing_days
from rec_assets.raw.inbox_names import name_of
from resources.errors import Mendable
from resources.log_store import LogStore
from resources.records import DRAWN_FROM, RAW
from resources.settings import Settings

OTHER_ENDS_SECONDS: Final = 5.0  # one that was just stopped may still be on its way out
SAMPLE_LOAD: Final = ("sample_load", "first")  # its manifest: raw data began with the sample


class CommandFailed(Mendable, RuntimeError):
    """What a person asked for could not be done; the message says what to do."""


def run_wheel(console: Console, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The first run: sample, personas, days, report; what was done already is not done again."""
    settings, now = home.agreed(asked), datetime.now(UTC)
    must_be_over(settings, now)
    busy = f"another `recwheel run` turns the wheel in {settings.home}: wait until it has ended"
    with (
        only_one(settings.home / "run.lock", busy, OTHER_ENDS_SECONDS),
        opened(settings) as store,
        telling(partial(standing, store, settings)),
    ):
        settings = home.settle(asked)
        first, last = days_over(settings, now)
        from rec_assets.commands.serving_again import serve_again
        from rec_assets.commands.turn_shown import send_rest, turn_shown

        say_store(console, settings)
        with dagster_instance(settings) as instance:
            if not store.count(DRAWN_FROM):  # until bots are drawn, personas may still change
                _mine(console, instance, _load_sample(console, instance, settings, store))
            ensure_prototypes(console, instance, settings, store)
            serve_again(instance, settings, store)
            for day in missing_days(store, first, last):
                turn_shown(console, instance, day)
            if open_days := settings.days - (last - first).days - 1:
                say = f"{open_days} of {settings.days} days are not over yet (UTC): type the same"
                console.print(f"{say} command again once they are, or keep `recwheel up` running")
            send_rest(console, instance, store, settings)
        return _result(console, settings, store)


def inspect_exports(
    console: Console, paths: Sequence[Path], mapping: Path | None, suggest: Path | None
) -> dict[str, Any]:
    """Say what loading the files would find; nothing is loaded, no store is opened."""
    from rec_assets.commands.inspecting import dry_run

    _must_exist(paths)
    return dry_run(console, paths, mapping, suggest)


def load_exports(
    console: Console, paths: Sequence[Path], mapping: Path | None = None
) -> dict[str, Any]:
    """Copy the files into the inbox, load them, mine the personas again.

    A mapping is kept under REC_HOME: later loads and minings go by it too.
    """
    _must_exist(paths)
    _must_differ(paths)
    settings = Settings()
    if mapping is not None:
        home.keep_mapping(settings, mapping)
    with opened(settings), dagster_instance(settings) as instance:
        say_store(console, settings)
        loaded = _load(console, instance, settings, paths)
        return {"files": loaded, "mined": _mine(console, instance, loaded)}


def _must_exist(paths: Sequence[Path]) -> None:
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        raise CommandFailed(f"no such file: {', '.join(missing)}")


def _must_differ(paths: Sequence[Path]) -> None:
    """The second of a name would take the place of what the first had just brought."""
    by_name: dict[str, Path] = {}
    for path in paths:
        first = by_name.setdefault(name_of(path), path)
        if not first.samefile(path):
            raise CommandFailed(
                f"{first} and {path} have the same name, and the inbox holds one file of a name: "
                f"rename one of them. Nothing was loaded"
            )


def tell_status(console: Console) -> dict[str, Any]:
    """What stands in the store."""
    settings = Settings()
    with opened(settings) as store:
        from rec_assets.commands.showing import show_status

        figures = _status(settings, store)
        show_status(console, figures)
        return figures


def keep_up(console: Console) -> None:
    """Service, Dagster's web interface and its daemon, until Ctrl-C or SIGTERM."""
    from rec_assets.commands.upkeep import keep_running

    settings = home.agreed({})
    with opened(settings) as store:
        settings = home.settle({})
        say_store(console, settings)
        with dagster_instance(settings) as instance:
            ensure_prototypes(console, instance, settings, store)
        keep_running(console, settings, settings.home / PORT_FILE)


def _load_sample(
    console: Console, instance: Any, settings: Settings, store: LogStore
) -> dict[str, Any]:
    """Load the sample unless other raw data came first; a load cut short is done again."""
    if store.count(RAW) and not manifests.begun(store, *SAMPLE_LOAD):
        return {}
    manifests.begin(store, *SAMPLE_LOAD)
    return _load(console, instance, settings, home.sample_files())


def _load(
    console: Console, instance: Any, settings: Settings, paths: Sequence[Path]
) -> dict[str, Any]:
    from rec_assets.commands import turn
    from rec_assets.commands.progress_bar import shown
    from rec_assets.commands.showing import show_load
    from rec_assets.progress import listening

    loaded = {}
    console.print("loading raw exports")
    for path in paths:
        there = home.into_inbox(settings, path)
        with shown(console, f"  {there.name}", "rows") as step, listening(step.now):
            loaded[there.name] = turn.load(instance, there)
            step.end()
        show_load(console, there.name, loaded[there.name])
    return loaded


def _mine(console: Console, instance: Any, loaded: Mapping[str, Any]) -> dict[str, Any]:
    from rec_assets.commands import turn
    from rec_assets.commands.progress_bar import shown
    from rec_assets.commands.showing import show_personas

    with shown(console, "mining personas: grouping people by what they do", "rows") as step:
        mined = turn.mine(instance, after=[*loaded.values()][-1]["run_id"] if loaded else "")
        step.end("personas mined")
    show_personas(console, mined)
    return mined


def _status(settings: Settings, store: LogStore) -> dict[str, Any]:
    from rec_assets.commands.status import status
    from resources.embedded_redis import embedded_redis
    from resources.encoder import open_encoder
    from resources.profile_cache import ProfileCache

    with ExitStack() as stack:
        url = settings.redis_url or stack.enter_context(embedded_redis(settings.home))
        cache = ProfileCache(url)
        stack.callback(cache.close)
        return status(settings, store, cache, open_encoder(settings.encoder))


def _result(console: Console, settings: Settings, store: LogStore) -> dict[str, Any]:
    from rec_assets.commands.showing import show_sampled, show_status
    from rec_assets.evaluation.stored import read_sample
    from resources.encoder import open_encoder

    figures = _status(settings, store)
    show_status(console, figures)
    encoder = open_encoder(settings.encoder)
    text, sampled = read_sample(store, settings, encoder, figures["days"][-1])
    text = text or SENTENCE
    if sampled:
        show_sampled(console, text, sampled)
    console.print(f"\nreport: {settings.home}/reports/{figures['days'][-1]}.html", markup=False)
    asker = sampled[0].user_id if sampled else "sim-00001"
    console.print("to try it:  recwheel up   and then", markup=False)
    console.print(curl(settings, asker, text), markup=False, soft_wrap=True)
    return {**figures, "text": text, "sample": [asdict(one) for one in sampled]}
