"""Streams the rows of an export, whatever its make, and says in a sentence what cannot be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import orjson

from rec_assets.raw.array_scan import ArrayScan, Ending
from rec_assets.raw.blocks import Unreadable, blocks
from resources.records import Row

LONGEST_ROW: Final = 4 << 20  # bytes; far above any row with texts, far below a store's 16 MiB
DEEPEST: Final = 64  # levels; MongoDB takes 100 and the envelope needs some
EXCERPT: Final = 2_000  # characters kept of what could not be read
GIVE_UP_AFTER: Final = 1_000  # bad rows in a row: then it is no export
LONG_NUMBER: Final = b"9" * 19  # digits that a 64-bit integer may not hold
# What is counted in a row before it is parsed: every digit as a nine, every bracket as a brace.
_SKETCH: Final = bytes.maketrans(b"012345678[", b"999999999{")


@dataclass(slots=True)  # frozen would double the cost of making one
class RawRow:
    """A JSON object as it came. `position` is its line, or its number in the array, from 1.

    `text` are its bytes; `exact` says that it reads the same to every JSON parser.
    """

    position: int
    raw: Row
    text: bytes = field(default=b"", compare=False)
    exact: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class BadRow:
    """What could not be read: a short label to count by, a sentence, the beginning of the text."""

    position: int
    label: str
    reason: str
    text: str


Item = RawRow | BadRow


def read_rows(path: Path) -> Iterator[Item]:
    """Every row of the file in order, in memory bounded by LONGEST_ROW.

    JSON lines or a JSON array, gzip or plain, told by content. What is broken comes as BadRow and
    the good rows before it stay. Raises OSError when the file cannot be opened, else nothing.
    """
    return rows_of(blocks(path))


def rows_of(stream: Iterator[bytes]) -> Iterator[Item]:
    """The same of a file's blocks."""
    in_a_row = 0
    for item in _rows(stream):
        yield item
        in_a_row = in_a_row + 1 if isinstance(item, BadRow) else 0
        if in_a_row == GIVE_UP_AFTER:
            reason = f"{GIVE_UP_AFTER} rows in a row could not be read: the rest is left unread."
            yield BadRow(item.position + 1, "given up", reason, "")
            return


def _rows(stream: Iterator[bytes]) -> Iterator[Item]:
    try:
        first = next(stream)
    except Unreadable as error:
        yield BadRow(0, "unreadable file", f"{error}.", "")
        return
    if first.lstrip().startswith(b"["):
        yield from _array_rows(first.lstrip()[1:], stream)
    else:
        yield from _line_rows(first, stream)


def _line_rows(block: bytes, stream: Iterator[bytes]) -> Iterator[Item]:
    position, rest, overlong = 0, b"", False
    while block:
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            position += 1
            if line and not line.isspace() and not overlong:
                yield _parsed(line, position, "line")
            overlong = False
        if len(rest) > LONGEST_ROW or overlong:
            if not overlong:
                yield _too_long(rest, position + 1, "line")
            rest, overlong = b"", True
        try:
            block = next(stream, b"")
        except Unreadable as error:
            yield BadRow(position + 1, "unreadable file", f"{error}.", _excerpt(rest))
            return
    if rest.strip() and not overlong:
        yield _last(_parsed(rest, position + 1, "line"))


def _array_rows(block: bytes, stream: Iterator[bytes]) -> Iterator[Item]:
    scan, position = ArrayScan(LONGEST_ROW), 0
    while block:
        for element in scan.feed(block):
            if scan.ending is Ending.OPEN or element.strip():
                position += 1
                yield _parsed(element, position, "element")
        if scan.ending is not Ending.OPEN:
            break
        try:
            block = next(stream, b"")
        except Unreadable as error:
            yield BadRow(position + 1, "unreadable file", f"{error}.", _excerpt(scan.rest))
            return
    yield from _array_end(scan, position, stream)


def _array_end(scan: ArrayScan, position: int, stream: Iterator[bytes]) -> Iterator[Item]:
    after = position + 1
    if scan.ending is Ending.TOO_LONG:
        yield _too_long(scan.rest, after, "element")
        reason = "What follows an element that is too long cannot be told apart: it is left unread"
        yield BadRow(after + 1, "given up", f"{reason}.", "")
    elif scan.ending is Ending.CLOSED:
        yield from _beyond(scan.rest, after, stream)
    elif scan.rest.strip():
        yield _last(_parsed(scan.rest, after, "element"))
        yield _unclosed(after + 1)
    else:
        yield _unclosed(after)


def _unclosed(position: int) -> BadRow:
    reason = "The array has no closing bracket: the export is truncated."
    return BadRow(position, "truncated", reason, "")


def _beyond(rest: bytes, position: int, stream: Iterator[bytes]) -> Iterator[Item]:
    """What a person should know about an array that is closed: it is empty, or not all."""
    if position == 1:
        yield BadRow(0, "unreadable file", "The array is empty.", "")
    try:
        while not rest.strip() and (block := next(stream, b"")):
            rest = block
    except Unreadable as error:
        yield BadRow(position, "unreadable file", f"{error}.", "")
        return
    if rest.strip():
        reason = "There is more behind the array's closing bracket: it is left unread."
        yield BadRow(position, "text behind the array", reason, _excerpt(rest))


def _parsed(text: bytes, position: int, noun: str) -> Item:
    # orjson is much faster, but it makes a float of a long integer, and knows no NaN and no half
    # characters, which are to be kept aside as they came: those rows go the slow way.
    sketch, exact = text.translate(_SKETCH), True
    try:
        value = orjson.loads(text if LONG_NUMBER not in sketch else b"")
    except orjson.JSONDecodeError:
        value, exact = _slowly_parsed(text, position, noun), False
        if isinstance(value, BadRow):
            return value
    if not isinstance(value, dict):
        reason = f"The {noun} is {_name(value)}: a row is a JSON object."
        return BadRow(position, "not an object", reason, _excerpt(text))
    # Fewer opening brackets than that cannot be nested deeper; counting them is cheap.
    if sketch.count(b"{") > DEEPEST and _depth(value) > DEEPEST:
        return _too_deep(text, position, noun)
    return RawRow(position, value, text, exact)


def _slowly_parsed(text: bytes, position: int, noun: str) -> object:
    try:
        return json.loads(text.decode("utf-8"))
    except UnicodeDecodeError as error:
        reason = f"The {noun} is not UTF-8 (byte {error.start + 1}): save the export as UTF-8."
        return BadRow(position, "not UTF-8", reason, _excerpt(text))
    except RecursionError:
        return _too_deep(text, position, noun)
    except ValueError as error:
        return BadRow(position, "not JSON", f"The {noun} is not JSON: {error}.", _excerpt(text))


def _depth(value: object) -> int:
    """Levels of nesting, counted no further than one beyond DEEPEST."""
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        depth += 1
        level = [inner for outer in level for inner in _inside(outer)]
    return depth


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _last(item: Item) -> Item:
    """A last row that is no JSON has been cut: say so."""
    if isinstance(item, BadRow) and item.label in ("not JSON", "not UTF-8"):
        reason = "The last row ends in the middle: the export is truncated."
        return BadRow(item.position, "truncated", reason, item.text)
    return item


def _too_long(text: bytes, position: int, noun: str) -> BadRow:
    reason = f"The {noun} is longer than {LONGEST_ROW >> 20} MiB: it is no row of an export."
    return BadRow(position, "too long", reason, _excerpt(text))


def _too_deep(text: bytes, position: int, noun: str) -> BadRow:
    reason = f"The {noun} is nested deeper than {DEEPEST} levels: it is no row of an export."
    return BadRow(position, "too deep", reason, _excerpt(text))


def _excerpt(text: bytes) -> str:
    return text[: 4 * EXCERPT].decode("utf-8", "replace")[:EXCERPT]


def _name(value: object) -> str:
    names = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
