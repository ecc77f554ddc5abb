"""NX-27017 as a server to test against: MongoDB's wire protocol over SQLite, in pure Python.

Started as a script it first mends one mistake: NX-27017 0.8.1 takes every string that begins like a
date for a time, so that `_id: "2026-01-01/c1"` finds nothing and a replacement by it fails.
"""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INSTALLED = importlib.util.find_spec("nx_27017") is not None


@contextmanager
def wire_server(folder: Path) -> Iterator[str]:
    """The URL (no database) of a server on a free port that keeps its files in `folder`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = {"--data-dir": "data", "--log-file": "log", "--pid-file": "pid"}
    words = [word for option, name in places.items() for word in (option, str(folder / name))]
    with (folder / "output").open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, __file__, "-p", str(port), *words], stdout=output, stderr=output
        )
    try:
        _wait_for(port)
        yield f"mongodb://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nx-27017 does not listen on {port}")


def _serve() -> None:
    import neosqlite.collection.datetime_utils as dates
    from nx_27017.nx_27017 import main

    as_released = dates.is_datetime_value
    dates.is_datetime_value = lambda value: not isinstance(value, str) and as_released(value)
    main()


if __name__ == "__main__":
    _serve()
