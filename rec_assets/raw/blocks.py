"""The bytes of an export, block by block: plain or gzip, without a byte-order mark."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, cast

from rec_assets.raw.open_export import OpenExport

BLOCK: Final = 1 << 18
_GZIP: Final = b"\x1f\x8b"
_LONGEST_MARK: Final = 4
_UTF8_BOM: Final = b"\xef\xbb\xbf"
# First bytes of what people drop by mistake, and what to do about it.
_OTHER_FORMATS: Final = {
    b"PK\x03\x04": "The file is a zip archive: unpack it and load what is inside",
    b"BZh": "The file is compressed with bzip2: unpack it or use gzip",
    b"\x28\xb5\x2f\xfd": "The file is compressed with zstd: unpack it or use gzip",
    b"\xfd7zXZ": "The file is compressed with xz: unpack it or use gzip",
    b"PAR1": "The file is Parquet: export it as JSON lines",
    b"\xff\xfe": "The file is UTF-16: save it as UTF-8",
    b"\xfe\xff": "The file is UTF-16: save it as UTF-8",
}


class Unreadable(Exception):
    """The bytes end here for a reason, which is the message: a sentence about the file."""


def blocks(path: Path) -> Iterator[bytes]:
    """Blocks of the file's text as bytes; the first one is not blank.

    Raises Unreadable after the last good block; OSError when the file cannot be opened.
    """
    with path.open("rb") as file:
        yield from blocks_of(file)


def blocks_of(plain: IO[bytes] | OpenExport) -> Iterator[bytes]:
    """The same of a file that is open already, from its beginning."""
    zipped = plain.read(2) == _GZIP
    plain.seek(0)
    stream = cast(IO[bytes], gzip.GzipFile(fileobj=plain) if zipped else plain)
    first = _first(stream)
    _refuse_other_formats(first)
    while first:
        yield first
        first = _more(stream)


def _first(stream: IO[bytes]) -> bytes:
    block = _more(stream)
    while block and len(block) < _LONGEST_MARK and (more := _more(stream)):
        block += more
    block = block.removeprefix(_UTF8_BOM)
    while block.isspace() and (more := _more(stream)):
        block = more
    if not block.strip():
        raise Unreadable("The file is empty")
    return block


def _refuse_other_formats(first: bytes) -> None:
    for magic, sentence in _OTHER_FORMATS.items():
        if first.startswith(magic):
            raise Unreadable(sentence)
    # No JSON text holds a NUL byte.
    if b"\0" in first:
        raise Unreadable("The file is binary: expected JSON lines or a JSON array in UTF-8")


def _more(stream: IO[bytes]) -> bytes:
    try:
        # read1 hands over what is unpacked before it meets the break; read would lose it.
        return cast(gzip.GzipFile, stream).read1(BLOCK)
    except EOFError:
        raise Unreadable("The gzip file breaks off: the export or its copy is truncated") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise Unreadable(f"The gzip file is damaged from here on: {error}") from None
