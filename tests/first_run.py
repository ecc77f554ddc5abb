"""The first run that a new user makes, made once for all tests that look at it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.rec_assets.command_line import recwheel_json


@pytest.fixture(scope="session")
def first_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The REC_HOME of the first run. Nobody writes into it: `used_home` is for that."""
    return tmp_path_factory.mktemp("first") / "home"


@pytest.fixture(scope="session")
def first_run(first_home: Path) -> dict[str, Any]:
    """What `recwheel run --json` answers in an empty REC_HOME with every default."""
    return recwheel_json(first_home, "run")


@pytest.fixture(scope="session")
def used_home(
    first_home: Path, first_run: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A copy of the first run's REC_HOME, for tests that go on from there as a person would."""
    home = tmp_path_factory.mktemp("used") / "home"
    return Path(shutil.copytree(first_home, home))
