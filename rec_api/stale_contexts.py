"""Documents whose F may be of an older text, since Redis was away when it was to change."""

from __future__ import annotations

import time
from pathlib import Path

from resources.profile_cache import MACRO_SECONDS


class StaleContexts:
    """An empty file for each, named by F's key: all services of a REC_HOME see it, restarted too.

    None is older than F itself can be by much: whoever marks one removes those of over an hour.
    """

    def __init__(self, folder: Path) -> None:
        """The folder is made with the first mark."""
        self._folder = folder
        self._sweep_at = 0.0

    def __contains__(self, key: str) -> bool:
        return (self._folder / key).exists()

    def add(self, key: str) -> None:
        """F of the document is not to be used until it was written or removed; OSError."""
        self._folder.mkdir(exist_ok=True)
        (self._folder / key).touch()
        if time.monotonic() >= self._sweep_at:
            self._sweep_at = time.monotonic() + MACRO_SECONDS
            self._sweep()

    def discard(self, key: str) -> None:
        """F is as K says, or gone; OSError."""
        (self._folder / key).unlink(missing_ok=True)

    def _sweep(self) -> None:
        ended = time.time() - MACRO_SECONDS  # what F was then has ended by itself
        for file in self._folder.iterdir():
            try:
                if file.stat().st_mtime < ended:
                    file.unlink()
            except FileNotFoundError:
                continue  # another service was first
