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


class Server:
    """A server on a free port that keeps its files in `folder`; it may be killed and come back."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder, self.url = folder, f"mongodb://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, or start it again; returns when it listens."""
        places = {"--data-dir": "data", "--log-file": "log", "--pid-file": "pid"}
        words = [w for option, name in places.items() for w in (option, str(self.folder / name))]
        command = [sys.executable, __file__, "-p", str(self.port), *words]
        with (self.folder / "output").open("ab") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output)
        _wait_for(self.port)

    def kill(self) -> None:
        """SIGKILL: nothing is flushed or said."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)


@contextmanager
def wire_server(folder: Path) -> Iterator[str]:
    """The URL (no database) of a server on a free port that keeps its files in `folder`."""
    with Server(folder) as server:
        yield server.url


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
