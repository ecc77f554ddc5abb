from __future__ import annotations

from pathlib import Path

import pytest

from tests.kills.wheels import Clean, begun_run, clean_run


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the killed wheels lie."""
    return tmp_path_factory.mktemp("kills")


@pytest.fixture(scope="session")
def clean(folder: Path) -> Clean:
    """The same wheel, never killed."""
    return clean_run(folder)


@pytest.fixture(scope="session")
def begun(folder: Path) -> Path:
    """Ctrl-C came in the first day's traffic."""
    return begun_run(folder)
