"""The make of an export file, told by its content."""

from __future__ import annotations

from pathlib import Path

from rec_assets.raw.blocks import Unreadable, blocks

_GZIP = b"\x1f\x8b"


def make_of(path: Path) -> str:
    """`JSON lines` or `JSON array`, with `in gzip` where it is; `unreadable` where it is neither.

    Raises OSError when the file cannot be opened.
    """
    with path.open("rb") as file:
        packed = " in gzip" if file.read(2) == _GZIP else ""
    stream = blocks(path)
    try:
        first = next(stream, b"")
    except Unreadable:
        return "unreadable"
    finally:
        stream.close()  # type: ignore[attr-defined]
    return ("JSON array" if first.lstrip().startswith(b"[") else "JSON lines") + packed
