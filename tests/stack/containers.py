"""The containers of docker-compose.mini.yml as processes of this machine.

Each gets the command, the environment and the health check that compose would give it, and nothing
of the tests' own environment but PATH. Only what a container's walls bring is exchanged: host
names, ports, and the places of its volumes.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Collection
from contextlib import suppress
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from tests.stack.compose_file import ROOT, image_environment

HOSTS = re.compile(r"(?<=[/@])(?:mongo|redis|elasticsearch|kibana|service|code)(?=:)")
PORTS = ("27017", "6379", "9200", "5601", "8000", "4000", "3000")
STATE = "/var/lib/recwheel"
ONCE = ("dagster-home", "category-vectors", "kibana-password", "kibana-setup")
OURS = ("service", "code", "webserver", "daemon", *ONCE)
WORKSPACE = "docker/workspace.yaml"


class Containers:
    """One set of containers under `folder`; `ports` maps a container's port to one here."""

    def __init__(self, services: dict[str, Any], folder: Path) -> None:
        self.services, self.folder = services, folder
        self.ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        text = (ROOT / WORKSPACE).read_text(encoding="utf-8")
        (folder / "workspace.yaml").write_text(
            self.here(text.replace("host: code", "host: 127.0.0.1"))
        )

    def here(self, text: str) -> str:
        """The text with hosts, ports and volumes as they are on this machine."""
        text = HOSTS.sub("127.0.0.1", text.replace("0.0.0.0", "127.0.0.1"))
        text = text.replace(STATE, str(self.home)).replace("dir /data\n", f"dir {self.folder}\n")
        text = text.replace(WORKSPACE, str(self.folder / "workspace.yaml"))
        return re.sub(r"\b\d{4,5}\b", lambda match: self.ports.get(match[0], match[0]), text)

    @property
    def home(self) -> Path:
        """What the volume `state` holds."""
        return self.folder / "state"

    def environment(self, name: str) -> dict[str, str]:
        """The variables that a container has: its image's, then compose's."""
        image = image_environment() if name in OURS else {}
        given = image | self.services[name].get("environment", {})
        path = [str(Path(sys.executable).parent), str(self.folder / "bin"), os.environ["PATH"]]
        here = {key: self.here(str(value)) for key, value in given.items()}
        installed = {"PYTHONPATH": str(ROOT)} if name in OURS else {}  # as the image has the code
        return {**here, **installed, "PATH": os.pathsep.join(path)}

    def start(self, name: str) -> subprocess.Popen[bytes]:
        """Start the container's command."""
        command = [self.here(word) for word in self.services[name]["command"]]
        with (self.folder / f"{name}.log").open("ab") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment(name),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.processes[name] = process
        return process

    def up(self, left_out: Collection[str]) -> None:
        """Start all but some as compose does: each once what it waits for is healthy, or done.

        Returns once each that keeps running is healthy; AssertionError when one never is.
        """
        waits = {name: s.get("depends_on", {}) for name, s in self.services.items()}
        met: set[str] = set(left_out)
        for name in TopologicalSorter(waits).static_order():
            if name in left_out:
                continue
            for waited, how in waits[name].items():
                if waited not in met:
                    self._await(waited, how["condition"])
                    met.add(waited)
            self.start(name)
        for name in self.services:
            if name not in met and "healthcheck" in self.services[name]:
                self.await_health(name)

    def _await(self, name: str, condition: str) -> None:
        if condition == "service_healthy":
            self.await_health(name)
        else:
            assert condition == "service_completed_successfully"
            assert self.ended(name) == 0, self.printed(name)

    def ended(self, name: str) -> int:
        """The status of a container that runs to its end."""
        return self.processes[name].wait(120)

    def run(self, name: str) -> str:
        """Run a container that ends; what it printed. AssertionError unless its status is 0."""
        self.start(name)
        assert self.ended(name) == 0, self.printed(name)
        return self.printed(name)

    def is_healthy(self, name: str) -> bool:
        """Whether the health check passes now, within its own time limit."""
        check = self.services[name]["healthcheck"]
        kind, *words = (self.here(word) for word in check["test"])
        command = ["sh", "-c", *words] if kind == "CMD-SHELL" else words
        with suppress(subprocess.TimeoutExpired):
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=self.environment(name),
                capture_output=True,
                timeout=float(check["timeout"].removesuffix("s")),
            )
            return done.returncode == 0
        return False

    def await_health(self, name: str, seconds: float = 240.0) -> None:
        """Return once the health check passes; AssertionError with the log when it never does."""
        deadline = time.monotonic() + seconds
        while not self.is_healthy(name):
            assert self.processes[name].poll() is None, self.printed(name)
            assert time.monotonic() < deadline, f"{name} is not healthy: {self.printed(name)}"
            time.sleep(0.5)

    def printed(self, name: str) -> str:
        """What the container wrote to its standard output and error."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """End every process with its children."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            for process in reversed(self.processes.values()):
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, number)
            for process in self.processes.values():
                with suppress(subprocess.TimeoutExpired):
                    process.wait(5)


def free_ports(number: int) -> list[str]:
    """Ports of this machine on which nothing listens."""
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [str(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()
