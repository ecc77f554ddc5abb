"""One at a time: locks that the kernel lets go however their holder ends."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from resources.errors import Mendable

POLL_SECONDS = 0.1
UP = "up.lock"  # under REC_HOME: held by `recwheel up` and by its Dagster as long as either lives


class AtWork(Mendable, RuntimeError):
    """Another process does what only one may do at a time."""


@contextmanager
def only_one(lock: Path, sentence: str, seconds: float = 0.0) -> Iterator[int]:
    """Hold the lock in this block; AtWork with the sentence when another has it for so long.

    Gives the descriptor: a child that inherits it holds the lock, too.
    """
    lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + seconds
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise AtWork(sentence) from None
            time.sleep(POLL_SECONDS)
        yield descriptor
    finally:
        os.close(descriptor)


def is_held(lock: Path) -> bool:
    """Whether another process holds the lock now."""
    try:
        descriptor = os.open(lock, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
