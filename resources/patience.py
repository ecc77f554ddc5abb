"""How long to wait for a store or a service that is away, and when waiting is of no use."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from resources.disk import why_not_written
from resources.errors import Away

AGAIN: Final = 4  # tries after the first: 75 seconds in all with the default wait of five

T = TypeVar("T")


def wait_before(again: int, first: float) -> float:
    """Seconds before try number `again` (from 0) after the first one: doubled each time."""
    return float(first * 2**again)


def mends(error: Exception, home: Path) -> bool:
    """Whether the same call may succeed later by itself: not on a full or read-only disk."""
    if not isinstance(error, Away) or not error.mends_itself:
        return False
    return why_not_written(error, (home, Path(tempfile.gettempdir()))) is None


def patiently(
    work: Callable[[], T],
    home: Path,
    first: float,
    say: Callable[[str], object],
    sleep: Callable[[float], object] = time.sleep,
) -> T:
    """What `work` returns; while something is away it is tried again, the last error is raised."""
    for again in range(AGAIN):
        try:
            return work()
        except Away as error:
            if not mends(error, home):
                raise
            say(told(error, again, first))
            sleep(wait_before(again, first))
    return work()


def told(error: Exception, again: int, first: float) -> str:
    """The sentence of a log: what is away, when it is tried again."""
    wait = wait_before(again, first)
    return f"{error}; tried again in {wait:g} s ({again + 1} of {AGAIN})"
