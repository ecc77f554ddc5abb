"""What ordered rows hold: one encoding, a digest over it, and where two such sequences differ."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import orjson

from resources.records import Row


class Content(NamedTuple):
    """How many rows, and SHA-256 (hex) over them in their order."""

    rows: int
    digest: str


def encoded(row: Row) -> bytes:
    """The row as JSON with sorted keys: equal rows have equal bytes, also read from elsewhere."""
    return orjson.dumps(row, option=orjson.OPT_SORT_KEYS)


def content_of(rows: Iterable[Row]) -> Content:
    """The content of rows in the order of their keys."""
    digest, count = hashlib.sha256(), 0
    for row in rows:
        digest.update(encoded(row) + b"\n")
        count += 1
    return Content(count, digest.hexdigest())


class Difference(NamedTuple):
    """A key at which two sequences differ: the row that is wanted, the one that stands."""

    key: str
    wanted: Row | None
    standing: Row | None


def differences(wanted: Iterable[Row], standing: Iterable[Row], key: str) -> Iterator[Difference]:
    """What has to change so that `standing` becomes `wanted`; both ascend in `key`, one row each.

    Reads both once, side by side: memory for two rows. ValueError when a sequence does not ascend.
    """
    left, right = _ascending(wanted, key), _ascending(standing, key)
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[key] < other[key]):
            assert one is not None
            yield Difference(one[key], one, None)
            one = next(left, None)
        elif one is None or other[key] < one[key]:
            yield Difference(other[key], None, other)
            other = next(right, None)
        else:
            if encoded(one) != encoded(other):
                yield Difference(one[key], one, other)
            one, other = next(left, None), next(right, None)


def _ascending(rows: Iterable[Row], key: str) -> Iterator[Row]:
    last: str | None = None
    for row in rows:
        if last is not None and row[key] <= last:
            raise ValueError(f"{row[key]!r} comes after {last!r}: rows must ascend in {key}")
        last = row[key]
        yield row
