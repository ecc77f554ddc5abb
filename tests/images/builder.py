"""Builds the Dockerfile's images without Docker: buildah runs each step by chroot in a clean root.

The base image cannot be downloaded everywhere, so a stand-in is made: Debian bookworm by
debootstrap, with Debian's own Python 3.11 as a virtual environment in /usr/local, where the base
image has its Python.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BASE = "docker.io/library/python:3.11-slim-bookworm"
PACKAGES = ("python3.11", "python3.11-venv", "python3-distutils", "ca-certificates")
SEARCH = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
CHROOT = ("--isolation", "chroot")


class Builder:
    """Images and containers under `folder`; `mounts` are seen by the steps, read-only."""

    def __init__(self, folder: Path, mounts: Sequence[str]) -> None:
        self.folder, self.mounts = folder, mounts
        places = ("--root", str(folder / "storage"), "--runroot", str(folder / "run"))
        self._buildah = ("buildah", *places, "--storage-driver", "overlay")

    def buildah(self, *words: str) -> str:
        """What the command printed; RuntimeError with its last words when it fails."""
        done = subprocess.run([*self._buildah, *words], cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"buildah {words[0]}: {(done.stdout + done.stderr)[-3000:]}")
        return done.stdout.strip()

    def make_base(self) -> float:
        """The stand-in for the image after FROM; the seconds it took."""
        began, root = time.monotonic(), self.folder / "base"
        include = f"--include={','.join(PACKAGES)}"
        _run("debootstrap", "--variant=minbase", include, "bookworm", str(root))
        _run("chroot", str(root), "python3.11", "-m", "venv", "/usr/local")
        container = self.buildah("from", "scratch")
        _run("cp", "-a", f"{root}/.", self.buildah("mount", container))
        self.buildah("config", "--env", f"PATH={SEARCH}", "--cmd", "python3", container)
        self.buildah("commit", "--rm", "--quiet", container, BASE)
        return time.monotonic() - began

    def build(self, target: str, arguments: Sequence[str] = ()) -> float:
        """The image recwheel-<target>; the seconds it took."""
        began = time.monotonic()
        options = [*CHROOT, "--pull-never", "--layers", "--network", "host", "--target", target]
        options += [word for argument in arguments for word in ("--build-arg", argument)]
        options += [word for mount in self.mounts for word in ("--volume", f"{mount}:ro")]
        self.buildah("bud", *options, "-t", f"recwheel-{target}", ".")
        return time.monotonic() - began

    def container(self, target: str) -> str:
        """A container of the image, in which `run` and `start` work."""
        return self.buildah("from", "--pull-never", f"localhost/recwheel-{target}")

    def run(self, container: str, *command: str) -> str:
        """What a command prints that the image's own user runs in the container."""
        return self.buildah("run", *CHROOT, container, "--", *command)

    def start(self, container: str, command: Sequence[str], **env: str) -> subprocess.Popen[bytes]:
        """A command that keeps running there, in a process group of its own."""
        given = [word for name, value in env.items() for word in ("--env", f"{name}={value}")]
        words = [*self._buildah, "run", *CHROOT, *given, container, "--", *command]
        with (self.folder / f"{container}.log").open("ab") as output:
            return subprocess.Popen(words, stdout=output, stderr=output, start_new_session=True)

    def command_of(self, target: str) -> list[str]:
        """The image's CMD."""
        image: dict[str, Any] = json.loads(
            self.buildah("inspect", "--type", "image", f"localhost/recwheel-{target}")
        )
        return list(image["OCIv1"]["config"]["Cmd"])

    def megabytes(self, container: str) -> int:
        """How large the container's root is."""
        root = self.buildah("mount", container)
        return int(_run("du", "-smx", root).split()[0])


def _run(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{words[0]}: {(done.stdout + done.stderr)[-3000:]}")
    return done.stdout
