from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest

from resources.disk import is_full, why_not_written
from resources.log_store import StoreUnavailable
from resources.sqlite_log_store import SqliteLogStore
from tests.small_disk import mounted


def test_a_full_disk_is_found_behind_the_error_that_came_of_it() -> None:
    away = StoreUnavailable("the log store does not answer")
    away.__cause__ = sqlite3.OperationalError("database or disk is full")
    assert is_full(away)
    assert is_full(OSError(errno.ENOSPC, "No space left on device"))
    assert not is_full(StoreUnavailable("the log store does not answer"))


def test_on_a_full_disk_the_sentence_names_folder_room_and_remedy(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", 4) as disk:
        store = SqliteLogStore(disk.path / "home" / "recwheel.sqlite")
        rows = ({"_id": str(k), "text": "x" * 1000} for k in range(20_000))
        with pytest.raises(StoreUnavailable) as refused:
            store.append("raw", rows)
        store.close()
        sentence = why_not_written(refused.value, (disk.path / "home",))
    assert sentence is not None
    assert f"the disk of {disk.path / 'home'} is full" in sentence
    assert "MB are free" in sentence
    assert "Make room" in sentence


def test_on_a_read_only_disk_the_sentence_says_so(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", 4) as disk:
        disk.remount("ro")
        with pytest.raises(OSError) as refused:  # noqa: PT011
            (disk.path / "home").mkdir()
        sentence = why_not_written(refused.value, (disk.path / "home",))
    assert sentence is not None
    assert "mounted read-only" in sentence


def test_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    sentence = why_not_written(NotADirectoryError(), (tmp_path / "home",))
    assert sentence is not None
    assert f"{tmp_path / 'home'} is a file" in sentence


def test_an_error_that_has_nothing_to_do_with_the_disk_gets_no_such_sentence(
    tmp_path: Path,
) -> None:
    assert why_not_written(StoreUnavailable("refused"), (tmp_path / "home", tmp_path)) is None
