"""Files that are there whole or not at all, and drafts of the killed that the next start removes.

A draft lies beside its target, locked while it is written: the kernel lets the lock go however the
writer ends, so a draft that can be locked is nobody's.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

DRAFT: Final = ".draft"


@contextmanager
def draft_of(target: Path, mode: int = 0o666) -> Iterator[Path]:
    """An empty file to fill; it takes the target's place when the block ends without an error."""
    draft = target.with_name(f".{target.name}.{os.getpid()}{DRAFT}")
    held = hold(draft, mode)
    try:
        os.truncate(draft, 0)
        yield draft
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
        os.close(held)


def write_whole(target: Path, content: str | bytes, mode: int = 0o666) -> None:
    """Make `content` the file's: who reads meanwhile sees the old one or the new one."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    with draft_of(target, mode) as draft:
        draft.write_bytes(data)


def remove_drafts(folders: Iterable[Path]) -> int:
    """Remove what writers that were killed left in these folders; how many files that were."""
    found = [p for folder in folders if folder.is_dir() for p in folder.glob(f".*{DRAFT}")]
    return len([path for path in found if remove_unheld(path)])


def hold(path: Path, mode: int = 0o600) -> int:
    """The descriptor of a locked file at `path`, made when missing; the lock ends with it."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, mode)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if _is_at(descriptor, path):  # else somebody removed it before it was locked
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def remove_unheld(path: Path) -> bool:
    """Remove the file unless a process holds it; whether it is gone now."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with suppress(FileNotFoundError):
            path.unlink()
        return True
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
