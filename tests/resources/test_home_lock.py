"""Writers of a REC_HOME and the one that needs them to stand still."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from resources.home_lock import HomeBusy, standing_still, writing
from resources.settings import REPOSITORY

WRITER = (
    "import sys, time; from pathlib import Path; from resources.home_lock import writing\n"
    "with writing(Path(sys.argv[1])):\n"
    "    print('in', flush=True); time.sleep(60)"
)


def test_any_number_of_writers_may_write_at_once(tmp_path: Path) -> None:
    with writing(tmp_path), writing(tmp_path):
        pass


def test_nobody_stands_still_beside_a_writer(tmp_path: Path) -> None:
    refused = pytest.raises(HomeBusy, match="end it first")
    with writing(tmp_path), refused, standing_still(tmp_path):
        raise AssertionError("two holders at once")


def test_nobody_writes_while_all_must_stand_still(tmp_path: Path) -> None:
    refused = pytest.raises(HomeBusy, match="wait until")
    with standing_still(tmp_path), refused, writing(tmp_path):
        raise AssertionError("two holders at once")


def test_a_killed_writer_leaves_no_lock_behind(tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], cwd=REPOSITORY, stdout=subprocess.PIPE
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"in\n"
    with pytest.raises(HomeBusy), standing_still(tmp_path):
        raise AssertionError("the writer still lives")
    writer.kill()
    writer.communicate()
    with standing_still(tmp_path):
        pass
