"""The small wheel, whole and cut short: each made once for all tests that look at one."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from rec_assets.commands.locks import only_one
from tests.first_run import of_all_workers
from tests.kills.wheels import Clean, begun_run, clean_run

PATIENCE = 600.0


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """The small wheel, never killed. Nobody writes into its home."""
    folder = of_all_workers(tmp_path_factory, "clean")
    answer = folder / "clean.pickle"
    with only_one(folder / "lock", "another worker makes the clean run", PATIENCE):
        if not answer.exists():
            answer.write_bytes(pickle.dumps(clean_run(folder)))
    made: Clean = pickle.loads(answer.read_bytes())
    return made


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The REC_HOME of a small wheel that was stopped in its first day's traffic: to be copied."""
    folder = of_all_workers(tmp_path_factory, "begun")
    made = folder / "made"
    with only_one(folder / "lock", "another worker begins a wheel", PATIENCE):
        if not made.exists():
            made.write_text(str(begun_run(folder)), encoding="utf-8")
    return Path(made.read_text(encoding="utf-8"))
