from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from rec_assets.raw.blocks import blocks_of
from rec_assets.raw.open_export import OpenExport, content_hash


def text_of(export: OpenExport) -> bytes:
    return b"".join(blocks_of(export))


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_what_is_read_is_what_was_hashed(tmp_path: Path, name: str) -> None:
    path, text = tmp_path / name, b'{"a": 1}\n' * 100_000
    path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    with OpenExport(path) as export:
        assert export.content_hash == content_hash(path)
        assert text_of(export) == text
        assert not export.changed()


def test_another_file_of_its_name_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\n')
    with OpenExport(path) as export:
        (tmp_path / "b").write_bytes(b'{"b": 2}\n')
        os.replace(tmp_path / "b", path)
        assert text_of(export) == b'{"a": 1}\n'
        assert not export.changed()


@pytest.mark.parametrize("later", [b'{"a": 2}\n', b'{"a": 1}\n{"a": 2}\n', b""])
def test_what_is_written_into_it_shows(tmp_path: Path, later: bytes) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\n')
    with OpenExport(path) as export:
        path.write_bytes(later)
        assert export.changed()


def test_what_is_behind_the_last_row_read_counts_too(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\n' * 100_000)
    with OpenExport(path) as export:
        next(blocks_of(export))
        assert not export.changed()


def test_it_is_read_from_its_beginning_only(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{}\n")
    with OpenExport(path) as export, pytest.raises(ValueError, match="from its beginning"):
        export.seek(1)
