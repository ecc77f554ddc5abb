"""A disk of its own for a test: a tmpfs that can be filled, enlarged and made read-only."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class SmallDisk:
    """Mounted at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def remount(self, options: str) -> None:
        """`size=…m`, `ro` or `rw`."""
        done = _mount("-o", f"remount,{options}", str(self.path))
        assert done.returncode == 0, done.stderr

    def fill(self, leave: int = 0) -> Path:
        """A file that takes all the room but `leave` bytes; remove it to have the room again."""
        ballast = self.path / "ballast"
        with ballast.open("wb", buffering=0) as file:  # a buffer would be written again on closing
            try:
                while file.write(b"\0" * 65536):
                    pass
            except OSError:
                pass
        size = ballast.stat().st_size
        with ballast.open("r+b") as file:
            file.truncate(max(size - leave, 0))
        return ballast


@contextmanager
def mounted(path: Path, megabytes: int) -> Iterator[SmallDisk]:
    """A tmpfs at `path`; the test is skipped where mounting is not allowed."""
    path.mkdir(parents=True)
    done = _mount("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(path))
    if done.returncode:
        pytest.skip(f"no tmpfs may be mounted here: {done.stderr.strip()}")
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


def _mount(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
