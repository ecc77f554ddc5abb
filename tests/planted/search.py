"""Where a planted word lies: in files of any kind, and in texts."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyarrow.parquet as parquet


def places(
    needles: Mapping[str, str], files: Iterable[Path], texts: Mapping[str, str]
) -> list[tuple[str, str]]:
    """(what, where) of each needle that is found, as it is or as Basic authentication sends it."""
    forms = {name: _forms(needle) for name, needle in needles.items()}
    found = []
    for where, content in (*_contents(files), *((k, v.encode()) for k, v in texts.items())):
        found += [(n, where) for n, words in forms.items() if any(w in content for w in words)]
    return found


def _forms(needle: str) -> list[bytes]:
    basic = base64.b64encode(f"elastic:{needle}".encode())
    return [needle.encode(), basic, needle.replace("-", "%2D").encode()]


def _contents(files: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    for path in files:
        content = path.read_bytes()
        if path.suffix == ".parquet":
            table = parquet.read_table(path)
            content += str((table.to_pylist(), table.schema.metadata)).encode()
        yield str(path), content
