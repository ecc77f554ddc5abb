"""The elements of a JSON array as bytes, without holding more than one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto

# Runs without structure: whole strings and everything that is no bracket (nor comma, on top). The
# outermost star gives back on purpose: possessive, it swallowed an open quote in Python 3.11.2.
_INSIDE = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*', re.DOTALL)
_ON_TOP = re.compile(rb'(?:[^"{}\[\],]++|"(?:[^"\\]++|\\.)*+")*', re.DOTALL)


class Ending(Enum):
    """How the array ended, or that it has not."""

    OPEN = auto()
    CLOSED = auto()
    TOO_LONG = auto()


class ArrayScan:
    """Feed it blocks that follow the opening bracket; it gives the bytes of whole elements.

    Only brackets and strings are looked at: whether an element is JSON is the caller's question,
    so one bad element does not cost those behind it.
    """

    def __init__(self, longest: int) -> None:
        self.ending = Ending.OPEN
        self.rest = b""  # of the element that is not complete yet
        self._longest = longest
        self._at = 0
        self._depth = 0

    def feed(self, block: bytes) -> Iterator[bytes]:
        """The elements that this block completes; after the closing bracket, nothing."""
        text, start = self.rest + block, 0
        while self.ending is Ending.OPEN:
            run = (_INSIDE if self._depth else _ON_TOP).match(text, self._at)
            self._at = run.end() if run else self._at
            # A quote here opens a string that the next block ends.
            if self._at >= len(text) or text[self._at] == ord('"'):
                break
            if self._ends_element(text[self._at]):
                yield text[start : self._at]
                start = self._at + 1
            self._at += 1
        self._keep(text, start)

    def _ends_element(self, byte: int) -> bool:
        if byte in b"{[":
            self._depth += 1
        elif byte in b"}]" and self._depth:
            self._depth -= 1
        elif byte == ord("]"):
            self.ending = Ending.CLOSED
            return True
        return byte == ord(",")

    def _keep(self, text: bytes, start: int) -> None:
        self.rest = text[start:]
        self._at = max(0, self._at - start)
        if self.ending is Ending.OPEN and len(self.rest) > self._longest:
            self.ending = Ending.TOO_LONG
