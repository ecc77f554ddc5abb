"""`recwheel copy`: the log store's whole state in another one, when the default is outgrown."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console

from rec_assets import manifests
from rec_assets.commands.copy_target import CopyFailed, open_target, target_url
from rec_assets.commands.progress_bar import shown
from resources.addresses import without_secrets
from resources.home_lock import standing_still
from resources.log_store import LogStore, open_log_store
from resources.settings import Settings
from resources.state_copy import ORDER, Copied, copy_state


def copy_to(console: Console, to: str) -> dict[str, Any]:
    """Copy the state of the store in force to another; what stands there then."""
    settings, url = Settings(), target_url(to)
    if url == settings.store_url:
        raise CopyFailed(f"{without_secrets(url)} is the store in force: name another in --to")
    _must_exist(settings)
    with ExitStack() as stack:
        stack.enter_context(standing_still(settings.home))
        source = _source(settings)
        stack.callback(source.close)
        set_aside = _drained(settings, source)
        target = open_target(url)
        stack.callback(target.close)
        copied = _copied(console, source, target, settings)
        result = _result(settings, url, source, copied) | {"set_aside": set_aside}
    _say(console, result, url)
    return result


def _must_exist(settings: Settings) -> None:
    """CopyFailed where nothing was ever written: opening it would make an empty store."""
    file = settings.store_url.removeprefix("sqlite:///")
    if file != settings.store_url and not Path(file).exists():
        raise CopyFailed(f"there is no state to copy: {file} does not exist, check REC_HOME")
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)


def _source(settings: Settings) -> LogStore:
    """The store in force, with rows in it."""
    store = open_log_store(settings.store_url)
    if not any(store.count(name) for name in ORDER):
        store.close()
        raise CopyFailed(
            f"there is no state to copy: {without_secrets(settings.store_url)} holds no rows, "
            "check REC_LOG_URL"
        )
    return store


def _drained(settings: Settings, source: LogStore) -> int:
    """Forward what the outbox holds for a MongoDB; how many rows it had set aside as refused."""
    from rec_api.forwarder import drain

    file = settings.home / "outbox.sqlite"
    if settings.store_url.startswith("sqlite:") or not file.exists():
        return 0
    return drain(file, source)["set_aside"]


def _copied(console: Console, source: LogStore, target: LogStore, settings: Settings) -> Copied:
    with ExitStack() as bars:
        steps: dict[str, Any] = {}

        def watch(stage: str, collection: str, done: int, total: int) -> None:
            if stage not in steps:
                steps[stage] = bars.enter_context(shown(console, stage, "rows"))
            steps[stage].now(done, total)
            if done >= total:
                steps.pop(stage).end()
                bars.close()

        return copy_state(source, target, without_secrets(settings.store_url), watch)


def _result(settings: Settings, url: str, source: LogStore, copied: Copied) -> dict[str, Any]:
    days = manifests.days(source, "cluster_profiles")
    return {
        "from": without_secrets(settings.store_url),
        "to": without_secrets(url),
        "resumed": copied.resumed,
        **copied.changes._asdict(),
        "equal": True,
        "rows": sum(content.rows for content in copied.contents.values()),
        "collections": {name: c._asdict() for name, c in sorted(copied.contents.items())},
        "digests": copied.digests,
        "last_day": days[-1] if days else None,
    }


def _say(console: Console, result: dict[str, Any], url: str) -> None:
    written = ", ".join(f"{result[word]:,} {word}" for word in ("added", "replaced", "removed"))
    console.print(
        f"{result['rows']:,} rows stand in {result['to']}, equal to those in {result['from']} "
        f"({written}{', resumed' if result['resumed'] else ''})",
        markup=False,
    )
    if result["set_aside"]:
        console.print(f"{result['set_aside']} rows that a store refused stay in outbox.sqlite")
    given = url if "@" not in url else "the URL you gave"
    lines = [
        f"from now on set REC_LOG_URL to {given}: what is written before goes to the old store",
        "wheel.json, personas.json, keys and inbox stay under REC_HOME: take them along",
    ]
    if result["last_day"]:
        lines.append(
            "profiles are served from Redis, which a copy leaves alone: the embedded one goes on; "
            "an empty one (another REC_HOME or REC_REDIS_URL) is filled by materializing "
            f"serving_profiles for {result['last_day']}"
        )
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
