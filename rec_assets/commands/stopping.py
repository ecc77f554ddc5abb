"""Ctrl-C and SIGTERM: a sentence and the right status within five seconds, whatever is going on.

Everything that is stored survives kill -9, so nothing has to be waited for: the command says what
stands and ends; the same command goes on from there.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final, NoReturn

LATEST_SECONDS: Final = 4.5
AGAIN_SECONDS: Final = 0.02
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
GO_ON: Final = "the same command goes on from here"


class Stopped(BaseException):
    """A person or the system asks the command to end; not an error that anybody may catch."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
        self.standing = ""  # what was done by then

    @property
    def status(self) -> int:
        """What a shell expects: 130 after Ctrl-C, 143 after SIGTERM."""
        return 128 + self.number

    @property
    def sentence(self) -> str:
        """Who asked, what stands, what to do."""
        asked = "Ctrl-C" if self.number == signal.SIGINT else signal.Signals(self.number).name
        return "; ".join(part for part in (f"stopped by {asked}", self.standing, GO_ON) if part)


def listen() -> None:
    """From here on the first signal raises Stopped in the main thread, a second one ends it all."""
    for number in SIGNALS:
        signal.signal(number, _stop)
    sys.unraisablehook = _unheard


@contextmanager
def telling(standing: Callable[[], str]) -> Iterator[None]:
    """When the block is stopped, the sentence says what stands by then."""
    try:
        yield
    except Stopped as stopped:
        with suppress(Exception):  # a store that is away has no say in whether we stop
            stopped.standing = standing()
        raise


def leave(stopped: Stopped) -> NoReturn:
    """End the process at once: no thread that still computes is waited for."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(stopped.status)


def _stop(number: int, frame: FrameType | None) -> None:
    stopped = Stopped(number)
    for each in SIGNALS:
        signal.signal(each, lambda *_: _leave_loudly(stopped))
    _later(LATEST_SECONDS, _leave_loudly, stopped)
    raise stopped


def _unheard(unraisable: sys.UnraisableHookArgs) -> None:
    """Python drops what is raised while it frees an object; a signal is then sent once more."""
    stopped = unraisable.exc_value
    if isinstance(stopped, Stopped):
        listen()
        _later(AGAIN_SECONDS, os.kill, os.getpid(), stopped.number)
    else:
        sys.__unraisablehook__(unraisable)


def _later(seconds: float, call: Callable[..., object], *arguments: object) -> None:
    timer = threading.Timer(seconds, call, arguments)
    timer.daemon = True
    timer.start()


def _leave_loudly(stopped: Stopped) -> None:
    os.write(2, f"recwheel: {stopped.sentence}\n".encode())
    os._exit(stopped.status)
