"""The parent of the embedded redis-server: ends it with the last holder, restarts it if it dies.

A script of its own, standard library only, started by `embedded_redis.attach`: it must outlive the
process that started the server, and start in milliseconds. Holders keep a shared lock on the file
`holders`, which the kernel lets go however they end; when this process gets it alone, none is left.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SOCKET_PATH_MAX = 107  # sun_path of Linux, less its closing zero
POLL_SECONDS = 0.1
STOP_SECONDS = 20.0  # for the append-only file to be flushed
RESTARTS = 5
FOLDER_PREFIX = "recwheel-redis-"
SOCKET = "redis.sock"


def watch(binary: str, data: Path) -> int:
    """Run the server on the folder `data` until nobody holds it; the exit status."""
    server_lock = os.open(data / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    # redis-server inherits this lock: two servers never write one append-only file.
    if not _locked(server_lock, STOP_SECONDS):
        sys.stderr.write(f"Another redis-server still writes to {data}: end it first.\n")
        return 1
    holders = os.open(data / "holders", os.O_RDWR | os.O_CREAT, 0o600)
    _remove_stale_folder(data)
    # Its name is noted before it is made: killed in between, this leaves no folder behind.
    folder = private_folder(lambda name: _write_address(data, name / SOCKET))
    command = [binary, *options(data, folder / SOCKET)]
    try:
        return _serve(command, holders, server_lock)
    finally:
        (data / "address").unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


def options(data: Path, socket: Path) -> list[str]:
    """The server's settings: a unix socket only, an append-only file, no snapshots."""
    pairs = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data),
        "save": "",
        "appendonly": "yes",
        # A write stands in the file before it is answered: kill -9 loses nothing. `everysec` would
        # put it off for up to two seconds while the disk is busy. What power loss costs is in the
        # log store, and is published from there again.
        "appendfsync": "no",
        "daemonize": "no",
        "databases": "1",
        "loglevel": "warning",
    }
    return [word for name, value in pairs.items() for word in (f"--{name}", value)]


def private_folder(announce: Callable[[Path], None] = lambda folder: None) -> Path:
    """A new folder (0700) whose socket path is short enough; under /tmp where TMPDIR is long.

    `announce` is told its path before it is made.
    """
    for parent in (tempfile.gettempdir(), "/tmp"):
        folder = Path(parent) / f"{FOLDER_PREFIX}{os.urandom(8).hex()}"
        if len(os.fsencode(folder / SOCKET)) <= SOCKET_PATH_MAX:
            announce(folder)
            folder.mkdir(mode=0o700)  # raises when somebody made it first
            return folder
    raise OSError("no temporary folder has a path short enough for a unix socket")


def _serve(command: list[str], holders: int, server_lock: int) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    dies_with_me = _death_signal()
    server = None
    try:
        for _ in range(RESTARTS):
            server = subprocess.Popen(command, pass_fds=(server_lock,), preexec_fn=dies_with_me)
            while server.poll() is None:
                if _locked(holders, 0.0):  # kept until this process ends: who comes now waits
                    return 0
                time.sleep(POLL_SECONDS)
            time.sleep(POLL_SECONDS)
        return 1
    finally:
        if server is not None and server.poll() is None:
            _stop(server)


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()  # as SHUTDOWN does: the append-only file is flushed and synced
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _death_signal() -> Callable[[], None] | None:
    """What makes the child end when this process is killed (Linux); None elsewhere."""
    if not sys.platform.startswith("linux"):
        return None
    prctl, watchdog = ctypes.CDLL(None).prctl, os.getpid()

    def end_with_the_watchdog() -> None:
        prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
        if os.getppid() != watchdog:  # it was killed before this was said
            os._exit(1)

    return end_with_the_watchdog


def _locked(descriptor: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(POLL_SECONDS)


def _write_address(data: Path, socket: Path) -> None:
    draft = data / "address.new"
    draft.write_text(str(socket))
    draft.replace(data / "address")


def _remove_stale_folder(data: Path) -> None:
    """The socket's folder of a watchdog that was killed."""
    try:
        folder = Path((data / "address").read_text()).parent
    except OSError:
        return
    if folder.name.startswith(FOLDER_PREFIX) and folder.is_dir():
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    if os.fork():  # nobody's child: whoever started it neither waits for it nor leaves a zombie
        os._exit(0)
    sys.exit(watch(sys.argv[1], Path(sys.argv[2])))
