"""The service and Dagster kept running side by side until a person stops them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from rec_assets.commands import tree_watchdog
from resources.addresses import LAST_PORT
from resources.errors import Mendable
from resources.settings import REPOSITORY

Child = subprocess.Popen[bytes]
STOP_SECONDS = 3.0
PORTS_TRIED = 50
SET_BACK_SECONDS = 60.0  # less than that is no more than a late tick
START_AGAIN = "Stop `recwheel up` with Ctrl-C and start it again: it takes back what was ahead"


class ProcessEnded(Mendable, RuntimeError):
    """A process that should keep running has ended."""


def free_port(host: str, wanted: int) -> int:
    """`wanted`, or the next port on which nothing listens."""
    last = min(wanted + PORTS_TRIED - 1, LAST_PORT)
    for port in range(wanted, last + 1):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return port
    raise ProcessEnded(f"ports {wanted}–{last} of {host} are all taken")


def start(command: Sequence[str], log: Path, holding: Sequence[int] = ()) -> Child:
    """A child in a process group of its own, its output in a file; it inherits `holding`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=REPOSITORY,
            stdout=output,
            stderr=output,
            start_new_session=True,
            pass_fds=holding,
        )


def service_command(host: str, port: int, port_file: Path) -> list[str]:
    """The service on a given address; it ends with the process that started it."""
    command = [sys.executable, "-m", "rec_api", "--host", host, "--port", str(port)]
    return [*command, "--port-file", str(port_file), "--with-parent", str(os.getpid())]


def dagster_command(host: str, port: int) -> list[str]:
    """Dagster's web interface and daemon with the repository's workspace.

    They end with all their children when this process does.
    """
    here = Path(sys.executable).parent
    where = ["-w", str(REPOSITORY / "workspace.yaml"), "-h", host, "-p", str(port)]
    watched = [sys.executable, "-I", tree_watchdog.__file__, str(os.getpid())]
    return [*watched, str(here / "dagster"), "dev", *where]


def watch(
    children: dict[str, Child],
    logs: dict[str, Path],
    say: Callable[[str], None],
    clock: Callable[[], float] = time.time,
) -> None:
    """Return never but by a signal; ProcessEnded when one of the children ends by itself.

    Says so when the clock is set back: Dagster does nothing until the time that it had is there.
    """
    begun = clock() - time.monotonic()
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                raise ProcessEnded(f"{name} ended with status {child.returncode}: see {logs[name]}")
        time.sleep(0.3)
        now = clock() - time.monotonic()
        if begun - now > SET_BACK_SECONDS:
            by = timedelta(seconds=round(begun - now))
            say(f"the clock was set back by {by}: Dagster waits for so long. {START_AGAIN}")
        begun = now if begun - now > SET_BACK_SECONDS else max(begun, now)


def stop(children: Sequence[Child]) -> None:
    """End the children with their groups: asked first, killed after three seconds."""
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        _signal(child, signal.SIGTERM)
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(deadline - time.monotonic(), 0.0))
        _signal(child, signal.SIGKILL)
        child.wait()


def _signal(child: Child, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)
