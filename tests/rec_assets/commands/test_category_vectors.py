"""Category vectors made where none stand, as a container of the stack does at each start."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import weakref
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
from rich.console import Console
from safetensors.numpy import load_file, save_file

from rec_assets import run_owners
from rec_assets.commands import dagster_home, turn
from rec_assets.commands.category_vectors import ensure_prototypes
from resources.encoder import (
    COMMITTED_FOLDER,
    TABLE_FILE,
    TENSOR,
    TOKENIZER_FILE,
    StaticEncoder,
    open_encoder,
)
from resources.log_store import open_log_store
from resources.records import PROTOTYPES
from resources.settings import Settings
from tests.rec_assets.command_line import ROOT, surroundings

SECONDS = 300.0


@pytest.fixture
def given(few: dict[str, str]) -> dict[str, str]:
    return {**few, "REC_START": "2026-01-05", "PYTHONPATH": str(ROOT)}


def start(home: Path, **environment: str) -> subprocess.Popen[str]:
    """The container's command in a REC_HOME of its own."""
    return subprocess.Popen(
        [sys.executable, "docker/category_vectors.py"],
        cwd=ROOT,
        env=surroundings(home, **environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(home: Path, **environment: str) -> tuple[int, str]:
    """Status and words of the command that ran to its end."""
    with start(home, **environment) as process:
        said, _ = process.communicate(timeout=SECONDS)
        return process.returncode, " ".join(said.split())


def made_with() -> set[str]:
    """The encoders whose vectors stand."""
    with closing(open_log_store(Settings().store_url)) as store:
        return {row["_id"] for batch in store.scan(PROTOTYPES) for row in batch}


def runs(home: Path) -> list[dg.DagsterRun]:
    with dagster_home.instance(home) as instance:
        return list(instance.get_runs())


def version(name: str) -> str:
    encoder = open_encoder(name)
    assert encoder is not None
    return encoder.version


def test_they_are_made_once_for_each_encoder_by_a_run_of_an_owner_that_dagster_shows(
    given: dict[str, str], tmp_path: Path
) -> None:
    home, another = Settings().home, f"static:{other_encoder(tmp_path)}"
    status, said = run(home, **given)
    assert (status, made_with()) == (0, {version("static")}), said
    (made,) = runs(home)
    assert (made.job_name, made.status.value) == ("mine", "SUCCESS")
    assert made.asset_selection == {dg.AssetKey("category_prototypes")}
    assert run_owners.TAG in made.tags
    status, said = run(home, **given)
    assert (status, len(runs(home))) == (0, 1)
    assert "nothing to make" in said
    assert run(home, **given, REC_ENCODER=another)[0] == 0
    assert made_with() == {version("static"), version(another)}


def other_encoder(folder: Path) -> Path:
    """The committed encoder with its table turned round."""
    made = folder / "encoder"
    made.mkdir()
    shutil.copyfile(COMMITTED_FOLDER / TOKENIZER_FILE, made / TOKENIZER_FILE)
    table = load_file(COMMITTED_FOLDER / TABLE_FILE)[TENSOR]
    save_file({TENSOR: -table}, made / TABLE_FILE)
    return made


def test_the_encoder_asked_for_its_version_is_gone_when_the_run_loads_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A large one takes gigabytes: two of them at once do not fit into the container."""
    asked: list[weakref.ref[StaticEncoder]] = []
    left: list[object] = []

    def opened(name: str) -> StaticEncoder:
        encoder = StaticEncoder(COMMITTED_FOLDER)
        asked.append(weakref.ref(encoder))
        return encoder

    monkeypatch.setattr("resources.encoder.open_encoder", opened)
    monkeypatch.setattr(turn, "make_prototypes", lambda instance: left.append(asked[0]()))
    settings = Settings()
    settings.home.mkdir()
    with closing(open_log_store(settings.store_url)) as store:
        ensure_prototypes(Console(quiet=True), None, settings, store)
    assert left == [None]


def test_without_an_encoder_by_choice_there_is_nothing_to_make(given: dict[str, str]) -> None:
    status, said = run(Settings().home, **given, REC_ENCODER="none")
    assert (status, made_with()) == (0, set())
    assert "nothing to make" in said


def test_while_the_store_is_away_it_says_so_and_fails_so_that_it_is_started_again(
    given: dict[str, str],
) -> None:
    status, said = run(Settings().home, **given, REC_LOG_URL="mongodb://127.0.0.1:1/recwheel")
    assert status == 1
    assert "recwheel: " in said
    assert "Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_what_an_interrupted_start_left_is_settled_and_made_by_the_next(
    given: dict[str, str], number: signal.Signals
) -> None:
    home = Settings().home
    with start(home, **given) as process:
        await_a_run(home)
        os.kill(process.pid, number)
        process.communicate(timeout=SECONDS)
    assert process.returncode in (-number, 128 + number)
    assert made_with() == set()
    status, said = run(home, **given)
    assert (status, made_with()) == (0, {version("static")}), said
    left = {signal.SIGKILL: "FAILURE", signal.SIGTERM: "CANCELED"}[number]
    assert [one.status.value for one in runs(home)] == ["SUCCESS", left]


def await_a_run(home: Path) -> None:
    deadline = time.monotonic() + SECONDS
    laid_out = dagster_home.folder_of(home) / dagster_home.MADE
    while not laid_out.exists() or not runs(home):
        assert time.monotonic() < deadline
        time.sleep(0.05)
