"""Waiting for what is away: how long, how often, and for what it is of no use."""

from __future__ import annotations

from pathlib import Path

import pytest

from resources.log_store import StoreFull, StoreUnavailable
from resources.patience import mends, patiently
from resources.profile_cache import CacheUnreadable
from resources.service_process import NotPrepared, ServiceUnavailable


class Failing:
    """Raises the error so many times, then answers."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.times, self.calls = error, times, 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.times:
            raise self.error
        return "open"


def test_what_comes_back_is_waited_for_twice_as_long_each_time(tmp_path: Path) -> None:
    work, waits, said = Failing(StoreUnavailable("it is away"), 4), list[float](), list[str]()
    assert patiently(work, tmp_path, 5.0, said.append, waits.append) == "open"
    assert waits == [5.0, 10.0, 20.0, 40.0]
    assert said[0] == "it is away; tried again in 5 s (1 of 4)"


def test_what_stays_away_is_named_by_its_own_error_in_the_end(tmp_path: Path) -> None:
    work = Failing(ServiceUnavailable("nobody answers"), 9)
    with pytest.raises(ServiceUnavailable, match="nobody answers"):
        patiently(work, tmp_path, 0.0, str, lambda seconds: None)
    assert work.calls == 5


@pytest.mark.parametrize(
    "error",
    [
        StoreFull("no room"),
        CacheUnreadable("bytes of another version"),
        NotPrepared("no encoder"),
        StoreUnavailable("attempt to write a readonly database"),
        ValueError("a fault of the program"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_no_waiting_mends_is_raised_at_once(error: Exception, tmp_path: Path) -> None:
    work = Failing(error, 9)
    with pytest.raises(type(error)):
        patiently(work, tmp_path, 60.0, str, lambda seconds: pytest.fail("it waited"))
    assert work.calls == 1


def test_a_disk_that_is_full_is_not_waited_for(tmp_path: Path) -> None:
    full = StoreUnavailable("The log store cannot be used (database or disk is full)")
    assert not mends(full, tmp_path)
    assert mends(StoreUnavailable("The log store cannot be used (database is locked)"), tmp_path)
