"""The first run that a new user makes, made once for all tests that look at it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.rec_assets.command_line import recwheel_json


@pytest.fixture(scope="session")
def first_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The REC_HOME of the first run."""
    return tmp_path_factory.mktemp("first") / "home"


@pytest.fixture(scope="session")
def first_run(first_home: Path) -> dict[str, Any]:
    """What `recwheel run --json` answers in an empty REC_HOME with every default."""
    return recwheel_json(first_home, "run")
