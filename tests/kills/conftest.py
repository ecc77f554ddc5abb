from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from rec_assets.commands.locks import only_one
from tests.first_run import of_all_workers
from tests.kills.wheels import Clean, begun_run, clean_run


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the killed wheels lie."""
    return tmp_path_factory.mktemp("kills")


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """The same wheel, never killed: one for all workers."""
    folder = of_all_workers(tmp_path_factory, "kills-clean")
    answer = folder / "clean.pickle"
    with only_one(folder / "lock", "another worker makes the clean run", 280.0):
        if not answer.exists():
            answer.write_bytes(pickle.dumps(clean_run(folder)))
    made: Clean = pickle.loads(answer.read_bytes())
    return made


@pytest.fixture(scope="session")
def begun(folder: Path) -> Path:
    """Ctrl-C came in the first day's traffic."""
    return begun_run(folder)
