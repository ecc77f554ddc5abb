"""What make does before Recwheel is there."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    outer = {"EXTRAS", "PYTHON", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"}  # of the make that runs us
    ours = {name: value for name, value in os.environ.items() if name not in outer}
    return subprocess.run(["make", *words], cwd=folder, env=ours, capture_output=True, text=True)


def bare(folder: Path) -> Path:
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder)
    return folder


def test_run_installs_first_and_then_turns_the_wheel(tmp_path: Path) -> None:
    told = make(bare(tmp_path), "-n", "run").stdout
    assert told.index("pip") < told.index(".venv/bin/recwheel run")
    assert "torch" not in told
    assert "dev,mongo-test" not in told


def test_test_lints_and_then_runs_all_tests(tmp_path: Path) -> None:
    told = make(bare(tmp_path), "-n", "test").stdout
    assert told.index("ruff check") < told.index("mypy") < told.rindex("pytest")


def test_kills_draws_as_many_moments_as_asked_from_the_seed_that_is_named(tmp_path: Path) -> None:
    told = make(bare(tmp_path), "-n", "kills", "SEED=7", "NUMBER=6").stdout
    assert "-m tests.kills --seed 7 --number 6" in told


def test_a_wrong_python_gets_one_sentence(tmp_path: Path) -> None:
    fake = tmp_path / "python3.9"
    fake.write_text("#!/bin/sh\necho 3.9\n")
    fake.chmod(0o755)
    done = make(bare(tmp_path), "setup", f"PYTHON={fake}")
    assert done.returncode != 0
    assert "Found Python 3.9" in done.stderr
    assert "needs Python 3.11 or 3.12" in done.stderr
    assert "Traceback" not in done.stderr
