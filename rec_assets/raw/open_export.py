"""An export held open while it is loaded, and whether somebody wrote into it meanwhile."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final, Self

HASH_DIGITS: Final = 16
_BLOCK: Final = 1 << 18


class OpenExport:
    """The bytes of a file, read twice: for `content_hash`, then for its rows.

    Another file that takes the name meanwhile changes nothing: this one is read to its end. What is
    written into this one shows, because what is really read is hashed too (a hundredth of a load).
    """

    def __init__(self, path: Path) -> None:
        """Open and hash the file; OSError when it cannot be opened or read."""
        self._file = path.open("rb", buffering=0)
        try:
            self.content_hash = _digits(hashlib.file_digest(self._file, "sha256"))
            self.seek(0)
        except BaseException:
            self._file.close()
            raise

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; none at the end."""
        block = self._file.read(size)
        self._read.update(block)
        return block

    read1 = read

    def seek(self, place: int) -> int:
        """Begin again; any other place is a ValueError."""
        if place:
            raise ValueError("an export is read from its beginning")
        self._read = hashlib.sha256()
        return self._file.seek(0)

    def changed(self) -> bool:
        """Whether what was read is not what `content_hash` names; reads what is left."""
        while self.read(_BLOCK):
            pass
        return _digits(self._read) != self.content_hash

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()


def content_hash(path: Path) -> str:
    """16 hex digits of the SHA-256 of the file's bytes as they lie on disk."""
    with path.open("rb") as file:
        return _digits(hashlib.file_digest(file, "sha256"))


def _digits(digest: Any) -> str:
    text: str = digest.hexdigest()
    return text[:HASH_DIGITS]
