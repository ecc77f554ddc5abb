"""Why nothing can be written: a disk without room, one that is read-only, a folder of others."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

FULL: Final = (errno.ENOSPC, errno.EDQUOT)
# What SQLite and Redis say of it: by the time it is read here, the error itself may be text.
FULL_WORDS: Final = ("disk is full", "No space left on device", "Disk quota exceeded")
READ_ONLY_WORDS: Final = ("readonly database", "Read-only file system")
LITTLE_BYTES: Final = 1 << 20  # with less, whatever failed failed for want of it
RUN_BYTES: Final = 100 << 20  # the first run with every default leaves 73 MB
STANDS: Final = "what was stored stays, and the same command goes on from there"


def is_full(error: BaseException) -> bool:
    """Whether the error, or one that it comes from, says that a disk has no room."""
    return any(_says(each, FULL, FULL_WORDS) for each in _chain(error))


def why_not_written(error: BaseException, folders: Sequence[Path]) -> str | None:
    """The sentence for an error that comes from the disk under one of the folders; else None.

    The first folder is REC_HOME.
    """
    home = folders[0]
    if os.path.exists(home) and not os.path.isdir(home):
        return f"{home} is a file: REC_HOME must name a folder, or one that can be made"
    fullest = min(map(_existing, folders), key=_free)
    if is_full(error) or _free(fullest) < LITTLE_BYTES:
        return (
            f"the disk of {fullest} is full: {_free(fullest) / 1e6:.1f} MB are free, a first run "
            f"takes about {RUN_BYTES / 1e6:.0f} MB. Make room there, or move the folder and name "
            f"the new one in REC_HOME; {STANDS}"
        )
    there = _existing(home)
    if any(_says(e, (errno.EROFS,), READ_ONLY_WORDS) for e in _chain(error)) or _read_only(there):
        return (
            f"{home} is on a disk that is mounted read-only: mount it for writing, or name "
            f"another folder in REC_HOME; {STANDS}"
        )
    if isinstance(error, PermissionError) or not os.access(there, os.W_OK | os.X_OK):
        return (
            f"{there} may not be written by this user (number {os.getuid()}): change its owner, "
            f"or name another folder in REC_HOME"
        )
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _says(error: BaseException, numbers: Sequence[int], words: Sequence[str]) -> bool:
    if isinstance(error, OSError) and error.errno in numbers:
        return True
    return any(word in str(error) for word in words)


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that this user can see (Path would raise)."""
    return next(each for each in (folder, *folder.absolute().parents) if os.path.isdir(each))


def _free(folder: Path) -> int:
    """Bytes that this user may still write."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def _read_only(folder: Path) -> bool:
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
