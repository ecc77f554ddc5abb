"""Rows as MongoDB documents: equal in both directions, whatever a company calls its fields.

A key that begins with a dollar is an operator or a reference to some servers and drivers, so such a
key is stored behind a full-width dollar (`＄$oid`), and so is one that begins with that character.
"""

from __future__ import annotations

from typing import Any, Final

import bson
from bson.codec_options import CodecOptions, TypeDecoder, TypeRegistry
from bson.int64 import Int64

from resources.log_store import encode_row
from resources.records import Row

GUARD: Final = "\uff04"
_GUARD_BYTES: Final = GUARD.encode()


class _PlainInt(TypeDecoder):
    """64-bit integers come back as int: Int64 is a subclass that no store would take again."""

    bson_type = Int64

    def transform_bson(self, value: Any) -> int:
        return int(value)


CODEC: Final[CodecOptions[dict[str, Any]]] = CodecOptions(type_registry=TypeRegistry([_PlainInt()]))


def to_document(row: Row) -> Row:
    """The row with guarded keys; Poison when no adapter takes it."""
    body = encode_row(row)
    guarded: Row = _guard(row) if b'"$' in body or b'"' + _GUARD_BYTES in body else row
    return guarded


def from_batch(batch: bytes) -> list[Row]:
    """The rows of a raw batch of documents."""
    rows = bson.decode_all(batch, CODEC)
    return [_unguard(row) for row in rows] if _GUARD_BYTES in batch else rows


def _guard(value: Any) -> Any:
    if isinstance(value, dict):
        return {GUARD + k if k[:1] in ("$", GUARD) else k: _guard(v) for k, v in value.items()}
    return [_guard(item) for item in value] if isinstance(value, list) else value


def _unguard(value: Any) -> Any:
    if isinstance(value, dict):
        return {key.removeprefix(GUARD): _unguard(item) for key, item in value.items()}
    return [_unguard(item) for item in value] if isinstance(value, list) else value
