"""Work in a thread of its own, so that a signal reaches the one that waits at once.

In the main thread Dagster puts its own signal handlers in place of ours, and asyncio swallows what
they raise in the middle of a callback: Ctrl-C during traffic would be lost.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def apart(work: Callable[[], T]) -> T:
    """What `work` returns or raises; when a signal ends the wait, the thread is left behind."""
    future: Future[T] = Future()
    context = contextvars.copy_context()

    def run() -> None:
        try:
            future.set_result(context.run(work))
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, name="dagster-run", daemon=True).start()
    return future.result()
