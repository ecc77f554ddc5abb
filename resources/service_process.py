"""The real service as a child process, for runs that have no REC_API_URL."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx

from resources.addresses import without_secrets
from resources.errors import Away, Mendable
from resources.header_secrets import sendable
from resources.settings import REPOSITORY, Settings
from resources.whole_files import hold, remove_unheld

START_SECONDS = 60.0
LOCAL = "127.0.0.1"  # bots are on this machine, whatever REC_HOST opens to others
READY_SECONDS = 60.0
MODELS = ("encoder:", "prototypes:")  # how /readyz begins to tell of them


class ServiceUnavailable(Away, ConnectionError):
    """No service answers where one should."""


class NotPrepared(Mendable, RuntimeError):
    """The service answers, but lacks what no waiting brings: encoder, vectors or a key."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the service is and the key to use there; the key never shows in a repr."""

    url: str
    api_key: str

    def __repr__(self) -> str:
        return f"Endpoint(url={without_secrets(self.url)!r})"


@contextmanager
def service(settings: Settings) -> Iterator[Endpoint]:
    """The service at REC_API_URL, or one started on a free port that ends with this block."""
    if settings.api_url:
        yield _remote(settings)
        return
    with _port_file(settings.home / "ports") as port_file:
        process = _start(settings, port_file)
        try:
            yield Endpoint(_wait(process, port_file), simulator_key(settings))
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def _port_file(folder: Path) -> Iterator[Path]:
    """Where the child will say its port; those of processes that were killed are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.port"):
        if remove_unheld(stale.with_suffix(".held")):
            stale.unlink(missing_ok=True)
    for stale in folder.glob("*.held"):
        remove_unheld(stale)
    name = uuid4().hex
    held = hold(folder / f"{name}.held")
    try:
        yield folder / f"{name}.port"
    finally:
        (folder / f"{name}.port").unlink(missing_ok=True)
        (folder / f"{name}.held").unlink(missing_ok=True)
        os.close(held)


def simulator_key(settings: Settings) -> str:
    """The key of the bots: REC_API_KEY, else the copy that the service keeps under REC_HOME."""
    given = sendable("REC_API_KEY", settings.api_key)
    kept = settings.home / "keys" / "simulator.key"
    if not given and not kept.exists():
        raise NotPrepared(f"no REC_API_KEY is set and {kept} is missing: run recwheel key")
    return given or kept.read_text(encoding="ascii").strip()


def await_ready(endpoint: Endpoint) -> None:
    """Return once the service is ready and what it accepted has reached the log store.

    Its /readyz also makes it follow the served version. ServiceUnavailable when it takes too long,
    NotPrepared when only encoder or category vectors are missing.
    """
    deadline, answer = time.monotonic() + READY_SECONDS, "no answer"
    while time.monotonic() < deadline:
        try:
            reply = httpx.get(f"{endpoint.url}/readyz", timeout=10.0)
            answer = reply.text[:300]
            state = reply.json()
            if state["ready"] and state["outbox"]["waiting"] == 0:
                return
            if state["missing"] and all(m.startswith(MODELS) for m in state["missing"]):
                raise NotPrepared("; ".join(state["missing"]))
        except (httpx.HTTPError, ValueError, KeyError) as error:
            answer = type(error).__name__
        time.sleep(0.1)
    raise ServiceUnavailable(
        f"the service at {without_secrets(endpoint.url)} was not ready in {READY_SECONDS:.0f} "
        f"seconds: {answer}"
    )


def answers(url: str) -> bool:
    """Whether a service is alive there."""
    try:
        return httpx.get(f"{url}/healthz", timeout=5.0).is_success
    except (httpx.HTTPError, httpx.InvalidURL):
        return False


def url_in(port_file: Path) -> str | None:
    """The URL of the service that wrote `host:port` to the file; None when it is not there yet."""
    address = port_file.read_text(encoding="ascii").strip() if port_file.exists() else ""
    return f"http://{address}" if address else None


def _remote(settings: Settings) -> Endpoint:
    url = settings.api_url.rstrip("/")
    if not answers(url):
        raise ServiceUnavailable(
            f"no service answers at REC_API_URL ({without_secrets(url)}): start one there, or "
            f"unset REC_API_URL to have one started for the run"
        )
    return Endpoint(url, simulator_key(settings))


def _start(settings: Settings, port_file: Path) -> subprocess.Popen[bytes]:
    log = settings.home / "logs" / "service.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "rec_api", "--host", LOCAL, "--port", "0"]
    command += ["--port-file", str(port_file), "--with-parent", str(os.getpid())]
    environment = {**os.environ, "REC_HOME": str(settings.home)}
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,  # a terminal's Ctrl-C is for its parent, which ends it
        )


def _wait(process: subprocess.Popen[bytes], port_file: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServiceUnavailable(
                f"the service ended with status {process.returncode} before it answered: "
                f"see logs/service.log under REC_HOME"
            )
        if (url := url_in(port_file)) is not None:
            return url
        time.sleep(0.05)
    raise ServiceUnavailable(f"the service did not answer within {START_SECONDS:.0f} seconds")
