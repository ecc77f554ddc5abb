"""`recwheel run` where nothing can be written: a sentence, nothing lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from resources.log_store import open_log_store
from resources.records import COLLECTIONS
from tests.kills.wheels import Clean, Command
from tests.rec_assets.command_line import recwheel
from tests.small_disk import mounted

ROOMY = 200  # megabytes
CHAIN = [COLLECTIONS[letter] for letter in "ABC"]


def refused(command: Command) -> str:
    """The sentence of a command that failed."""
    assert command.end() == 1
    assert "Traceback" not in command.words
    assert "INSERT INTO" not in command.words  # an event's content, as Dagster would quote it
    return " ".join(command.words.split())


def accepted(home: Path) -> dict[str, set[str]]:
    """Ids of A, B and C that stand."""
    store = open_log_store(f"sqlite:///{home / 'recwheel.sqlite'}")
    try:
        return {c: {r["_id"] for batch in store.scan(c) for r in batch} for c in CHAIN}
    finally:
        store.close()


def test_a_disk_that_fills_in_the_raw_load_and_again_in_traffic_costs_nothing_but_time(
    tmp_path: Path, clean: Clean
) -> None:
    with mounted(tmp_path / "disk", 12) as disk:
        home = disk.path / "home"
        said = refused(Command(home, beside=tmp_path))
        assert f"the disk of {home} is full" in said
        assert "Make room there" in said
        assert "the same command goes on from there" in said

        disk.remount(f"size={ROOMY}m")
        command = Command(home, beside=tmp_path)
        command.in_traffic()
        command.until(lambda: accepted(home)[CHAIN[0]])
        ballast = disk.fill()
        assert "is full" in refused(command)
        before = accepted(home)
        assert before[CHAIN[0]]

        ballast.unlink()
        again = Command(home, beside=tmp_path)
        assert again.end() == 0
        after = accepted(home)
        assert all(before[name] <= after[name] for name in CHAIN)
        assert again.answer == clean.answer


def test_a_read_only_home_is_a_sentence(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", 12) as disk:
        home = disk.path / "home"
        home.mkdir()
        disk.remount("ro")
        for words in (("run",), ("status",), ("up",)):
            done = recwheel(home, *words)
            assert (done.returncode, "Traceback" in done.stderr) == (1, False)
            assert "mounted read-only" in " ".join(done.stderr.split())


def test_a_home_that_is_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    done = recwheel(tmp_path / "home", "run")
    assert done.returncode == 1
    assert "is a file: REC_HOME must name a folder" in " ".join(done.stderr.split())


@pytest.mark.skipif(os.getuid() != 0, reason="only root may become somebody else")
def test_a_home_of_somebody_else_is_a_sentence(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    code = (
        "import os, sys\n"
        "from rec_assets.cli import main\n"  # read as root: the environment may be root's alone
        "import rec_assets.commands.actions\n"
        "os.setuid(65534)\n"
        "sys.argv = ['recwheel', 'run']\n"
        "main()\n"
    )
    environment = {**os.environ, "REC_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert "may not be written by this user" in " ".join(done.stderr.split())
