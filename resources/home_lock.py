"""Who writes a REC_HOME's records now: any number of writers, or one that needs quiet.

Locks of the kernel (flock): they end with their process, however it ends, so none is ever stale.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from resources.errors import Mendable

LOCK_FILE: Final = "writers.lock"


class HomeBusy(Mendable, RuntimeError):
    """Another process of this REC_HOME is in the way; the message says which kind."""


@contextmanager
def writing(home: Path) -> Iterator[None]:
    """A block that may write the records of this REC_HOME; HomeBusy while they are being copied."""
    reason = f"the state of {home} is being copied: wait until `recwheel copy` has ended"
    with _held(home, fcntl.LOCK_SH, reason):
        yield


@contextmanager
def standing_still(home: Path) -> Iterator[None]:
    """A block in which no process of this REC_HOME writes; HomeBusy when one does."""
    reason = (
        f"a service, `recwheel up`, a run or another copy uses {home}: end it first, so that "
        "nothing is written behind the copy"
    )
    with _held(home, fcntl.LOCK_EX, reason):
        yield


@contextmanager
def _held(home: Path, kind: int, reason: str) -> Iterator[None]:
    lock = os.open(home / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeBusy(reason) from None
        yield
    finally:
        os.close(lock)
