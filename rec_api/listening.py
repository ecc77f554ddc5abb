"""Where the service listens, who learns of it, and with whom it ends."""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Final

import uvicorn

from resources.addresses import LAST_PORT
from resources.whole_files import write_whole

PORTS_TRIED: Final = 20
PARENT_SECONDS: Final = 0.25
GRACE_SECONDS: Final = 15.0  # a request has five to end
log = logging.getLogger(__name__)


def bind(host: str, port: int) -> socket.socket:
    """A socket on the port, or on the next free one (which is logged); OSError when none is."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    last = min(port + PORTS_TRIED - 1, LAST_PORT)
    for candidate in range(port, last + 1):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise
            log.warning("port in use, the next is tried", extra={"port": candidate})
            continue
        return listener
    raise OSError(
        errno.EADDRINUSE,
        f"the ports {port} to {last} of {host} are all in use: set REC_PORT",
    )


def address_of(listener: socket.socket) -> str:
    """host:port as a caller on this machine writes it."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Server(uvicorn.Server):
    """Says where it listens once it answers: in the log, and in `port_file`."""

    def __init__(self, config: uvicorn.Config, address: str, port_file: Path | None) -> None:
        super().__init__(config)
        self._address, self._port_file = address, port_file

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the service, then announce it."""
        await super().startup(sockets)
        if not self.started:
            return
        log.info("listening", extra={"url": f"http://{self._address}"})
        if self._port_file:
            write_whole(self._port_file, f"{self._address}\n")


def end_with_parent(parent: int, grace: float = GRACE_SECONDS) -> None:
    """End this process when its parent does, whatever holds it up: by force after `grace` seconds.

    A thread's death (PDEATHSIG) must not count.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_SECONDS)
        log.warning("the parent process ended: so does the service")
        ended = time.monotonic() + grace
        while time.monotonic() < ended:  # the first one may come before it is listened to
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(PARENT_SECONDS)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="parent", daemon=True).start()
