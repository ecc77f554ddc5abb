"""REC_HOME made ready: Dagster's home inside it, the inbox, and what the first run fixed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from resources.errors import Mendable
from resources.settings import REPOSITORY, WHEEL_FILE, Settings

FIXED: Final = ("start", "seed", "users", "sessions", "days")
SAMPLE: Final = REPOSITORY / "personas_data" / "sample"
EXPORTS: Final = (".json", ".jsonl", ".ndjson", ".gz")


class HomeError(Mendable, ValueError):
    """REC_HOME was begun otherwise than it is now asked to go on."""


def prepare(settings: Settings) -> Path:
    """Make the folders; point DAGSTER_HOME and REC_HOME of this process and its children there."""
    dagster_home = settings.home / "dagster"
    for folder in (dagster_home, settings.inbox, settings.home / "logs"):
        folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(REPOSITORY / "dagster.yaml", dagster_home / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(dagster_home.resolve())
    os.environ["REC_HOME"] = str(settings.home.resolve())
    return dagster_home


def fix(settings: Settings, asked: Mapping[str, Any]) -> Settings:
    """Settle start, seed, users, sessions and days with the first run; later ones must agree.

    `asked` holds what the command line named. HomeError when it differs from what was settled.
    """
    kept_file = settings.home / WHEEL_FILE
    asked = {name: value for name, value in asked.items() if value is not None}
    if kept_file.exists():
        kept = json.loads(kept_file.read_text(encoding="utf-8"))
        for name, value in asked.items():
            if kept[name] != _plain(value):
                raise HomeError(
                    f"{settings.home} was begun with --{name} {kept[name]}, now {_plain(value)} is "
                    f"asked: leave the option out, or begin in an empty REC_HOME"
                )
        return settings
    settled = settings.model_copy(update=asked)
    settled = settled.model_copy(update={"start": settled.first_day(datetime.now(UTC))})
    settings.home.mkdir(parents=True, exist_ok=True)
    content = {name: _plain(getattr(settled, name)) for name in FIXED}
    kept_file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return settled


def into_inbox(settings: Settings, path: Path) -> Path:
    """Copy a file into the inbox in one step; its path there. A file that is there stays."""
    target = settings.inbox / path.name
    if path.resolve() != target.resolve():
        draft = target.with_name(f".{path.name}.{os.getpid()}")
        shutil.copyfile(path, draft)
        draft.replace(target)
    return target


def sample_files() -> list[Path]:
    """The files of the sample export, by name."""
    return sorted(
        path
        for path in SAMPLE.iterdir()
        if path.suffix in EXPORTS and path.is_file() and path.stem != "phrases"
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
