"""The envelopes in which rows lie in the raw store and in quarantine."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Final

import orjson

from rec_assets.raw.kinds import UNKNOWN, Reading
from rec_assets.raw.reader import EXCERPT, BadRow, RawRow
from resources.log_store import Encoded
from resources.records import Row

_ID: Final = "%s:%010d"  # ten digits, so that the order of ids is the order of rows
# A longer row may be too large for MongoDB, and an escape may hide a NUL or a dollar in a key.
MOST_PASTED: Final = 1 << 20  # bytes


def envelope_id(content_hash: str, position: int) -> str:
    """`<hash of the file>:<position>`; the same file gives the same ids whatever its name."""
    return _ID % (content_hash, position)


def envelope(row: RawRow, reading: Reading, source: str, content_hash: str) -> Row:
    """A usable row as it came, with what the store needs to find it; `day` None: it has no time."""
    identity, position = envelope_id(content_hash, row.position), row.position
    kind, day, text = reading.kind, reading.day, row.text
    of_kind = Encoded if _can_be_pasted(row) else dict[str, Any]
    sealed = of_kind(
        _id=identity, source=source, position=position, kind=kind, day=day, raw=row.raw
    )
    if isinstance(sealed, Encoded):
        sealed.body = b'{"_id":"%b",%b%d,"raw":%b}' % (
            identity.encode(), _head(source, kind, day), position, text,
        )  # fmt: skip
    return sealed


def _can_be_pasted(row: RawRow) -> bool:
    text = row.text
    return row.exact and len(text) <= MOST_PASTED and not (b"\\" in text and b"\\u" in text)


@lru_cache(maxsize=4_096)
def _head(source: str, kind: str, day: str | None) -> bytes:
    """What many rows have in common, up to the position."""
    fields = {"source": source, "kind": kind, "day": day}
    return orjson.dumps(fields)[1:-1] + b',"position":'


def quarantined(sealed: Row, reason: str) -> Row:
    """The envelope of a row that cannot be used."""
    return {**sealed, "reason": reason}


def quarantined_as_text(sealed: Row, reason: str) -> Row:
    """The same for a row that no store takes: the beginning of its JSON text in place of it."""
    return {**sealed, "raw": text_of(sealed["raw"]), "reason": reason}


def unread(bad: BadRow, source: str, content_hash: str) -> Row:
    """The quarantine row of something that is no row at all: the beginning of its text."""
    return {
        "_id": envelope_id(content_hash, bad.position),
        "source": source,
        "position": bad.position,
        "kind": UNKNOWN,
        "day": None,
        "reason": bad.reason,
        "raw": bad.text,
    }


def text_of(raw: object) -> str:
    """At most 2,000 characters of the row as JSON; ASCII, so that no store can refuse it."""
    return json.dumps(raw, ensure_ascii=True)[:EXCERPT]
