"""The first run that a new user makes, made once for all tests that look at it."""

import os
from pathlib import Path
from typing import Any

# Partitions are cut when rec_assets.partitions is imported: before any day that a test uses.
os.environ.setdefault("REC_START", "2026-01-05")

import pytest

from tests.rec_assets.command_line import recwheel_json
from tests.resources.conftest import wire_url

__all__ = ["wire_url"]


@pytest.fixture(scope="session")
def first_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("first") / "home"


@pytest.fixture(scope="session")
def first_run(first_home: Path) -> dict[str, Any]:
    return recwheel_json(first_home, "run")
