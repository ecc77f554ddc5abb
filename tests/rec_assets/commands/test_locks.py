"""Two that would do the same at once: the second is told so."""

from pathlib import Path

import pytest

from rec_assets.commands.locks import AtWork, is_held, only_one
from tests.rec_assets.command_line import recwheel


def test_a_second_run_of_one_home_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with only_one(tmp_path / "run.lock", "busy"):
        done = recwheel(tmp_path, "run", "--sessions", "10", "--users", "10", "--days", "1")
    assert done.returncode == 1
    assert done.stderr.startswith("recwheel: another `recwheel run` turns the wheel")
    assert not (tmp_path / "recwheel.sqlite").exists()


def test_the_lock_is_free_when_its_holder_is_done(tmp_path: Path) -> None:
    lock = tmp_path / "a.lock"
    with only_one(lock, "busy"), pytest.raises(AtWork, match="busy"), only_one(lock, "busy"):
        raise AssertionError("two hold it")
    with only_one(lock, "busy"):
        pass


def test_whether_another_holds_a_lock_is_told_without_taking_it(tmp_path: Path) -> None:
    lock = tmp_path / "a.lock"
    assert not is_held(lock)
    with only_one(lock, "busy"):
        assert is_held(lock)
    assert not is_held(lock)
    with only_one(lock, "busy"):
        pass
