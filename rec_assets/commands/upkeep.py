"""`recwheel up`: the service and Dagster side by side, with what a person needs to use them."""

from __future__ import annotations

import subprocess
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from rich.console import Console

from rec_assets.commands.locks import UP, only_one
from rec_assets.commands.opened import dagster_instance
from rec_assets.commands.processes import (
    Child,
    ProcessEnded,
    dagster_command,
    free_port,
    service_command,
    start,
    stop,
    watch,
)
from rec_assets.commands.stopping import Stopped
from resources.service_process import answers, url_in
from resources.settings import Settings

READY_SECONDS = 120.0
INTERFACE_HOST: Final = "127.0.0.1"  # Dagster's has no login: whoever reaches it may do all
OTHER_ENDS_SECONDS = 6.0  # what one that was killed needs to take its processes with it


def keep_running(console: Console, settings: Settings, port_file: Path) -> None:
    """Start both, print where they are, return after SIGINT or SIGTERM with both stopped.

    AtWork when another `recwheel up` keeps this REC_HOME.
    """
    running = (
        f"recwheel up runs already on {settings.home}: use that one, stop it (Ctrl-C where it "
        f"runs), or name another REC_HOME"
    )
    with only_one(settings.home / UP, running, OTHER_ENDS_SECONDS) as held:
        _keep_running(console, settings, port_file, held)


def _keep_running(console: Console, settings: Settings, port_file: Path, held: int) -> None:
    dagster_port = free_port(INTERFACE_HOST, settings.dagster_port)
    if dagster_port != settings.dagster_port:
        console.print(f"port {settings.dagster_port} is in use: Dagster takes {dagster_port}")
    logs = {name: settings.home / "logs" / f"{name}.log" for name in ("service", "dagster")}
    port_file.unlink(missing_ok=True)
    children: dict[str, Child] = {}
    try:
        service = service_command(settings.host, settings.port, port_file)
        children["service"] = start(service, logs["service"])
        _settle(console, settings)
        dagster = dagster_command(INTERFACE_HOST, dagster_port)
        children["dagster"] = start(dagster, logs["dagster"], holding=[held])
        url = _wait_for_service(children["service"], port_file, logs["service"])
        if not url.endswith(f":{settings.port}"):
            console.print(f"port {settings.port} is in use: the service took the next one")
        console.print(f"service:  {url}/docs", soft_wrap=True)
        interface = f"http://{INTERFACE_HOST}:{dagster_port}"
        console.print(f"Dagster:  {interface} (ready in half a minute)")
        console.print("stop both with Ctrl-C")
        watch(children, logs, partial(console.print, markup=False, soft_wrap=True))
    except Stopped:
        console.print("stopping")
    finally:
        stop(list(children.values()))
        port_file.unlink(missing_ok=True)


def _settle(console: Console, settings: Settings) -> None:
    """While the service starts: runs that a killed `up` left would block the day's chain, and ticks
    of a clock that was ahead all others.
    """
    with dagster_instance(settings, alone=True) as instance:
        from rec_assets.commands.clock_ahead import take_back

        if said := take_back(instance, datetime.now(UTC)):
            console.print(said, markup=False, soft_wrap=True)


def _wait_for_service(child: subprocess.Popen[bytes], port_file: Path, log: Path) -> str:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise ProcessEnded(f"the service could not start: see {log}")
        if (url := url_in(port_file)) is not None and answers(url):
            return url
        time.sleep(0.1)
    raise ProcessEnded(f"the service did not answer in {READY_SECONDS:.0f} seconds: see {log}")
