"""The first run that a new user makes, made once for all tests that look at it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from rec_assets.commands.locks import only_one
from tests.rec_assets.command_line import recwheel_json


def of_all_workers(temporary: pytest.TempPathFactory, name: str) -> Path:
    """A folder that the workers of pytest-xdist share: their own ones lie in one."""
    folder = temporary.getbasetemp()
    folder = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / name
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def first_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The REC_HOME of the first run. Nobody writes into it: `used_home` is for that."""
    return of_all_workers(tmp_path_factory, "first") / "home"


@pytest.fixture(scope="session")
def first_run(first_home: Path) -> dict[str, Any]:
    """What `recwheel run --json` answers in an empty REC_HOME with every default."""
    answer = first_home.with_name("answer.json")
    with only_one(first_home.with_name("lock"), "another worker makes the first run", 600.0):
        if not answer.exists():
            answer.write_text(json.dumps(recwheel_json(first_home, "run")), encoding="utf-8")
    made: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    return made


@pytest.fixture(scope="session")
def used_home(
    first_home: Path, first_run: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A copy of the first run's REC_HOME, for tests that go on from there as a person would."""
    home = tmp_path_factory.mktemp("used") / "home"
    return Path(shutil.copytree(first_home, home))
