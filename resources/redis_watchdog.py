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


def watch(binary: str, data: Path) -> int:
    """Run the server on the folder `data` until nobody holds it; the exit status."""
    server_lock = os.open(data / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    # redis-server inherits this lock: two servers never write one append-only file.
    if not _locked(server_lock, STOP_SECONDS):
        sys.stderr.write(f"Another redis-server still writes to {data}: end it first.\n")
        return 1
    holders = os.open(data / "holders", os.O_RDWR | os.O_CREAT, 0o600)
    _remove_stale_folder(data)
    folder = private_folder()
    socket = folder / "redis.sock"
    _write_address(data, socket)
    command = [binary, *options(data, socket)]
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
        "appendfsync": "everysec",
        "no-appendfsync-on-rewrite": "yes",
        "daemonize": "no",
        "databases": "1",
        "loglevel": "warning",
    }
    return [word for name, value in pairs.items() for word in (f"--{name}", value)]


def private_folder() -> Path:
    """A new folder (0700) whose socket path is short enough; under /tmp where TMPDIR is long."""
    for parent in (tempfile.gettempdir(), "/tmp"):
        if len(os.fsencode(f"{parent}/{FOLDER_PREFIX}12345678/redis.sock")) <= SOCKET_PATH_MAX:
            return Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX, dir=parent))
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
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


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
