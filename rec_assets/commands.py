"""What the commands do: each opens what it needs, calls the floor below, shows the result.

Dagster is imported in the functions: its partitions are cut by what the first run settled, so
that must stand first; and `recwheel key` need not wait five seconds for it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
from pydantic import ValidationError
from rich.console import Console

from rec_assets import home
from resources.errors import Mendable
from resources.log_store import LogStore, open_log_store
from resources.settings import Settings

PORT_FILE: Final = "service.port"  # where a running `recwheel up` answers


class CommandFailed(Mendable, RuntimeError):
    """What a person asked for could not be done; the message says what to do."""


MENDABLE: Final = (Mendable, ValidationError, OSError)


def run_wheel(console: Console, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The first run: sample, personas, days, report; what was done already is not done again."""
    with _opened(asked) as (settings, store):
        from rec_assets import turn
        from rec_assets.personas.stored import read_stored
        from resources.records import RAW

        _say_store(console, settings)
        with _instance() as instance:
            if store.count(RAW) == 0:
                loaded = _load(console, instance, settings, home.sample_files())
                _mine(console, instance, loaded)
            elif not read_stored(store):
                _mine(console, instance, {})
            first = settings.first_day(datetime.now(UTC))
            for day in turn.missing_days(store, settings, first):
                _turn(console, instance, settings, day)
        return _result(console, settings, store)


def load_exports(console: Console, paths: Sequence[Path]) -> dict[str, Any]:
    """Copy the files into the inbox, load them, mine the personas again."""
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        raise CommandFailed(f"no such file: {', '.join(missing)}")
    with _opened({}) as (settings, _), _instance() as instance:
        _say_store(console, settings)
        loaded = _load(console, instance, settings, paths)
        return {"files": loaded, "mined": _mine(console, instance, loaded)}


def tell_status(console: Console) -> dict[str, Any]:
    """What stands in the store."""
    with _opened({}) as (settings, store):
        from rec_assets.showing import show_status

        figures = _status(settings, store)
        show_status(console, figures)
        return figures


def ask(console: Console, user: str, text: str) -> dict[str, Any]:
    """POST /recommend with the app's key: at REC_API_URL, at a running `up`, or at a service
    started for this one question."""
    from rec_assets.showing import show_answer
    from resources.service_process import service, url_in

    settings = Settings()
    home.prepare(settings)
    running = url_in(settings.home / PORT_FILE)
    if not settings.api_url and running is not None:
        settings = settings.model_copy(update={"api_url": running})
    body = {"user_id": user, "doc_id": "command-line", "selected_text": text}
    with service(settings) as endpoint:
        headers = {"X-API-Key": own_key("app")}
        answer = httpx.post(f"{endpoint.url}/recommend", json=body, headers=headers, timeout=30)
    if answer.is_error:
        raise CommandFailed(f"the service answered {answer.status_code}: {answer.text[:500]}")
    content: dict[str, Any] = answer.json()
    show_answer(console, content)
    return content


def own_key(role: str) -> str:
    """This machine's own key of a role; made on first use."""
    from rec_api.access import ROLES, Keys

    if role not in ROLES:
        raise CommandFailed(f"{role!r} is no role: it must be one of {', '.join(ROLES)}")
    return Keys(Settings().home).own(role)


def keep_up(console: Console) -> None:
    """Service, Dagster's web interface and its daemon, until Ctrl-C or SIGTERM."""
    from rec_assets.upkeep import keep_running

    with _opened({}) as (settings, store):
        _say_store(console, settings)
        _ensure_prototypes(console, settings, store)
        keep_running(console, settings, settings.home / PORT_FILE)


def _ensure_prototypes(console: Console, settings: Settings, store: LogStore) -> None:
    """A service that never saw a wheel still tells a thesis from an e-mail."""
    from rec_api.prototypes import load_prototypes
    from resources.encoder import open_encoder

    encoder = open_encoder(settings.encoder)
    if encoder is None or load_prototypes(store, encoder.version) is not None:
        return
    from rec_assets import turn

    console.print("making category vectors from the context pool")
    with _instance() as instance:
        turn.make_prototypes(instance)


@contextmanager
def _opened(asked: Mapping[str, Any]) -> Iterator[tuple[Settings, LogStore]]:
    """REC_HOME made ready and settled, the store open, the embedded Redis held throughout."""
    from resources.embedded_redis import embedded_redis

    settings = home.fix(Settings(), asked)
    home.prepare(settings)
    with ExitStack() as stack:
        if not settings.redis_url:
            stack.enter_context(embedded_redis(settings.home))
        store = open_log_store(settings.store_url)
        stack.callback(store.close)
        store.ping()
        yield settings, store


@contextmanager
def _instance() -> Iterator[Any]:
    import dagster as dg

    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    with dg.DagsterInstance.get() as instance:
        yield instance


def _say_store(console: Console, settings: Settings) -> None:
    from rec_assets.status import store_name

    console.print(f"log store: {store_name(settings)}; state: {settings.home}", markup=False)


def _load(
    console: Console, instance: Any, settings: Settings, paths: Sequence[Path]
) -> dict[str, Any]:
    from rec_assets import turn
    from rec_assets.showing import show_load

    loaded = {}
    console.print("loading raw exports")
    for path in paths:
        there = home.into_inbox(settings, path)
        loaded[there.name] = turn.load(instance, there)
        show_load(console, there.name, loaded[there.name])
    return loaded


def _mine(console: Console, instance: Any, loaded: Mapping[str, Any]) -> dict[str, Any]:
    from rec_assets import turn
    from rec_assets.showing import show_personas

    console.print("mining personas")
    with console.status("grouping people by what they do"):
        mined = turn.mine(instance, after=[*loaded.values()][-1]["run_id"] if loaded else "")
    show_personas(console, mined)
    return mined


def _turn(console: Console, instance: Any, settings: Settings, day: str) -> None:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from rec_assets import turn
    from rec_assets.traffic.progress import listening

    shown = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*shown, console=console) as progress:
        task = progress.add_task(f"{day}: sessions", total=settings.sessions_per_day)

        def report(_: str, done: int, planned: int) -> None:
            words = f"{day}: {done}/{planned} sessions" if done < planned else f"{day}: profiles"
            progress.update(task, completed=done, total=planned, description=words)

        with listening(report):
            turn.turn(instance, day)
        progress.update(task, description=f"{day}: complete")


def _status(settings: Settings, store: LogStore) -> dict[str, Any]:
    from rec_assets.status import status
    from resources.embedded_redis import embedded_redis
    from resources.encoder import open_encoder
    from resources.profile_cache import ProfileCache

    with ExitStack() as stack:
        url = settings.redis_url or stack.enter_context(embedded_redis(settings.home))
        cache = ProfileCache(url)
        stack.callback(cache.close)
        return status(settings, store, cache, open_encoder(settings.encoder))


def _result(console: Console, settings: Settings, store: LogStore) -> dict[str, Any]:
    from rec_assets.evaluation.stored import read_sample
    from rec_assets.showing import show_sampled, show_status
    from resources.encoder import open_encoder

    figures = _status(settings, store)
    show_status(console, figures)
    encoder = open_encoder(settings.encoder)
    text, sampled = read_sample(store, settings, encoder, figures["days"][-1])
    show_sampled(console, text, sampled)
    console.print(f"\nreport: {settings.home}/reports/{figures['days'][-1]}.html", markup=False)
    asker = sampled[0].user_id if sampled else "sim-00001"
    console.print("to try it:  recwheel up   and then", markup=False)
    console.print(curl(settings, asker, text), markup=False, soft_wrap=True)
    return {**figures, "text": text, "sample": [asdict(one) for one in sampled]}


def curl(settings: Settings, user: str, text: str) -> str:
    """The command that asks a running service as this user; the key is read, not shown."""
    url = settings.api_url or f"http://{settings.host}:{settings.port}"
    return (
        f'curl -s {url}/recommend -H "X-API-Key: $(.venv/bin/recwheel key)" '
        f'-H \'Content-Type: application/json\' -d \'{{"user_id": "{user}", '
        f'"doc_id": "doc-1", "selected_text": "{text}"}}\''
    )
