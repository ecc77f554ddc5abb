"""`recwheel up`: the service and Dagster side by side, with what a person needs to use them."""

from __future__ import annotations

import signal
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

import httpx
from rich.console import Console

from rec_assets.processes import (
    ProcessEnded,
    dagster_command,
    free_port,
    service_command,
    start,
    stop,
    watch,
)
from resources.settings import Settings

READY_SECONDS = 120.0


class _Stopped(Exception):
    pass


def keep_running(console: Console, settings: Settings, url_file: Path) -> None:
    """Start both, print where they are, return after SIGINT or SIGTERM with both stopped."""
    dagster_port = free_port(settings.host, settings.dagster_port)
    if dagster_port != settings.dagster_port:
        console.print(f"port {settings.dagster_port} is in use: Dagster takes {dagster_port}")
    logs = {name: settings.home / "logs" / f"{name}.log" for name in ("service", "dagster")}
    url_file.unlink(missing_ok=True)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    children = {
        "service": start(service_command(settings.host, settings.port, url_file), logs["service"]),
        "dagster": start(dagster_command(settings.host, dagster_port), logs["dagster"]),
    }
    try:
        url = _wait_for_service(children["service"], url_file, logs["service"])
        if not url.endswith(f":{settings.port}"):
            console.print(f"port {settings.port} is in use: the service took the next one")
        console.print(f"service:  {url}/docs", soft_wrap=True)
        interface = f"http://{settings.host}:{dagster_port}"
        console.print(f"Dagster:  {interface} (ready in half a minute)")
        console.print("stop both with Ctrl-C")
        watch(children, logs)
    except _Stopped:
        console.print("stopping")
    finally:
        stop(list(children.values()))
        url_file.unlink(missing_ok=True)


def _stop(number: int, frame: FrameType | None) -> None:
    raise _Stopped


def _wait_for_service(child: object, url_file: Path, log: Path) -> str:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:  # type: ignore[attr-defined]
            raise ProcessEnded(f"the service could not start: see {log}")
        if url_file.exists():
            url = url_file.read_text(encoding="ascii").strip()
            with suppress(httpx.HTTPError):
                if url and httpx.get(f"{url}/healthz", timeout=2).is_success:
                    return url
        time.sleep(0.1)
    raise ProcessEnded(f"the service did not answer in {READY_SECONDS:.0f} seconds: see {log}")
