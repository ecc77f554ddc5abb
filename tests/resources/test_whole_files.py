from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from resources.settings import REPOSITORY
from resources.whole_files import draft_of, hold, remove_drafts, remove_unheld, write_whole

WRITER = f"""
import sys, time
sys.path.insert(0, {str(REPOSITORY)!r})
from pathlib import Path
from resources.whole_files import draft_of
with draft_of(Path(sys.argv[1])) as draft:
    draft.write_text("half")
    print("writing", flush=True)
    time.sleep(60)
"""


def test_a_reader_sees_the_old_file_until_the_new_one_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    write_whole(target, "old")
    with draft_of(target) as draft:
        draft.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_failed_write_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    write_whole(target, "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(target, "half a letter: \udcff")
    with pytest.raises(FileNotFoundError), draft_of(target) as draft:
        draft.with_name("missing").rename(draft)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_the_draft_of_a_killed_writer_is_removed_that_of_a_living_one_stays(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path / "page.html")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        assert remove_drafts([tmp_path, tmp_path / "missing"]) == 0
        assert [path.read_text() for path in tmp_path.iterdir()] == ["half"]
        writer.send_signal(signal.SIGKILL)
    assert remove_drafts([tmp_path]) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_private_file_is_never_readable_by_others(tmp_path: Path) -> None:
    with draft_of(tmp_path / "key", 0o600) as draft:
        assert draft.stat().st_mode & 0o077 == 0
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0


def test_a_held_file_is_not_removed_until_it_is_let_go(tmp_path: Path) -> None:
    held = hold(tmp_path / "lock")
    assert not remove_unheld(tmp_path / "lock")
    os.close(held)
    assert remove_unheld(tmp_path / "lock")
    assert remove_unheld(tmp_path / "lock")
