"""REC_HOME made ready: Dagster's home inside it, the inbox, and what the first run fixed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from rec_assets.commands.dagster_home import configure
from rec_assets.raw.field_mapping import read_mapping
from rec_assets.raw.inbox_names import is_hidden, name_of, path_of, why_refused
from resources.errors import Mendable
from resources.settings import REPOSITORY, WHEEL_FILE, Settings
from resources.whole_files import draft_of, remove_drafts, write_whole

FIXED: Final = ("start", "seed", "users", "sessions", "days")
RESOLVED: Final = ("home", "log_url", "contexts", "field_mapping")
SAMPLE: Final = REPOSITORY / "personas_data" / "sample"
EXPORTS: Final = (".json", ".jsonl", ".ndjson", ".gz")


class HomeError(Mendable, ValueError):
    """REC_HOME was begun otherwise than it is now asked to go on."""


def prepare(settings: Settings) -> Path:
    """Make the folders (nobody else's to read); point this process and its children there."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.home.chmod(0o700)
    for folder in (settings.inbox, settings.home / "logs"):
        folder.mkdir(exist_ok=True)
    dagster_home = configure(settings.home)
    os.environ["DAGSTER_HOME"] = str(dagster_home)
    remove_drafts((settings.home, *settings.home.glob("*"), *settings.home.glob("golden/*")))
    for name in RESOLVED:  # children run elsewhere: a relative path would mean another file there
        if name == "home" or f"REC_{name.upper()}" in os.environ:
            os.environ[f"REC_{name.upper()}"] = str(getattr(settings, name))
    return dagster_home


def agreed(asked: Mapping[str, Any]) -> Settings:
    """The settings as `settle` would fix them; nothing is written, for a command may be refused.

    `asked` holds what the command line named; it wins over the environment. HomeError when either
    differs from what was settled.
    """
    settings = Settings()
    named = {name: value for name, value in asked.items() if value is not None}
    settings = settings.model_copy(update=named)
    kept_file = settings.home / WHEEL_FILE
    if kept_file.exists():
        _must_agree(settings, json.loads(kept_file.read_text(encoding="utf-8")))
        return settings
    return settings.model_copy(update={"start": settings.first_day(datetime.now(UTC))})


def settle(asked: Mapping[str, Any]) -> Settings:
    """Fix start, seed, users, sessions and days with the first run; later ones must agree.

    HomeError as `agreed`.
    """
    settings = agreed(asked)
    kept = {name: _plain(getattr(settings, name)) for name in FIXED}
    kept_file = settings.home / WHEEL_FILE
    if not kept_file.exists():
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(kept_file, json.dumps(kept, indent=2) + "\n")
    for name in FIXED:
        if f"REC_{name.upper()}" in os.environ:
            os.environ[f"REC_{name.upper()}"] = str(kept[name])
    return Settings()


def _must_agree(settings: Settings, kept: Mapping[str, Any]) -> None:
    for name in FIXED:
        now = _plain(getattr(settings, name))
        if now != kept[name]:
            raise HomeError(
                f"{settings.home} was begun with --{name} {kept[name]}, now {now} is asked: leave "
                f"out --{name} and REC_{name.upper()}, or begin in an empty REC_HOME"
            )


def into_inbox(settings: Settings, path: Path) -> Path:
    """Copy a file into the inbox in one step, in place of what had its name; its path there."""
    if why := why_refused(path.name):
        raise HomeError(f"{path.name!a} {why}")
    if is_hidden(path.name):
        raise HomeError(f"{path.name!a} is no name for the inbox, it is hidden there: rename it")
    target = path_of(settings.inbox, name_of(path))
    if path.resolve() != target.resolve():
        with draft_of(target) as draft:
            shutil.copyfile(path, draft)
    return target


def keep_mapping(settings: Settings, mapping: Path) -> None:
    """Make it the mapping of REC_HOME once it was checked; MappingError when it cannot be used."""
    read_mapping(mapping)
    target = settings.mapping_path
    if settings.field_mapping is not None and target != mapping.resolve():
        raise HomeError(f"REC_FIELD_MAPPING names {target}: leave it or --mapping out")
    if mapping.resolve() == target:
        return
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if mapping.suffix == ".toml":
        raise HomeError(f"{mapping.name}: --mapping keeps JSON; name TOML by REC_FIELD_MAPPING")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(mapping, draft)
    draft.replace(target)


def sample_files() -> list[Path]:
    """The files of the sample export, by name."""
    return sorted(
        path
        for path in SAMPLE.iterdir()
        if path.suffix in EXPORTS and path.is_file() and path.stem != "phrases"
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
