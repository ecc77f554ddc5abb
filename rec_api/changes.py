"""How much of a document changed, in time linear in its length."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

# A piece ends with a sentence's mark or a line's end; a full stop in a number ends one too, which
# only makes pieces smaller.
PIECE: Final = re.compile(r"[^\n.!?。！？]+[\n.!?。！？]*|[\n.!?。！？]+")
SNAPSHOT_SHARE: Final = 0.1


def changed_share(before: str, after: str) -> float:
    """Share of the longer text's characters that changed, 0–1; an upper bound by two measures.

    One counts what lies between the common beginning and the common end (right for one edit), the
    other the sentences that the texts do not share (right for scattered edits). The smaller holds.
    """
    longer = max(len(before), len(after))
    if before == after or longer == 0:
        return 0.0
    return min(_between(before, after), _unshared(before, after)) / longer


def _between(before: str, after: str) -> int:
    first, second = _code_points(before), _code_points(after)
    shorter = min(len(first), len(second))
    head = _agreeing(first[:shorter], second[:shorter])
    rest = shorter - head
    tail = _agreeing(first[::-1][:rest], second[::-1][:rest])
    return max(len(before), len(after)) - head - tail


def _code_points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _agreeing(first: NDArray[np.uint32], second: NDArray[np.uint32]) -> int:
    """How many characters are equal before the first that is not."""
    different = np.flatnonzero(first != second)
    return int(different[0]) if len(different) else len(first)


def _unshared(before: str, after: str) -> int:
    shared = Counter(PIECE.findall(before)) & Counter(PIECE.findall(after))
    kept = sum(len(piece) * times for piece, times in shared.items())
    return max(len(before), len(after)) - kept
