from __future__ import annotations

import threading
from contextvars import ContextVar

import pytest

from rec_assets.commands.apart import apart

listener: ContextVar[str] = ContextVar("listener")


def test_what_is_done_apart_returns_raises_and_sees_the_context_as_if_done_here() -> None:
    listener.set("heard")
    assert apart(listener.get) == "heard"
    assert apart(threading.current_thread) is not threading.current_thread()
    with pytest.raises(ZeroDivisionError):
        apart(lambda: 1 // 0)
