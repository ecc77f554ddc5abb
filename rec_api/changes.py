"""How much of a document changed, in time linear in its length."""

from __future__ import annotations

import re
from collections import Counter
from os.path import commonprefix
from typing import Final

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
    head = len(commonprefix((before, after)))
    rest = min(len(before), len(after)) - head
    tail = len(commonprefix((before[::-1][:rest], after[::-1][:rest])))
    return max(len(before), len(after)) - head - tail


def _unshared(before: str, after: str) -> int:
    shared = Counter(PIECE.findall(before)) & Counter(PIECE.findall(after))
    kept = sum(len(piece) * times for piece, times in shared.items())
    return max(len(before), len(after)) - kept
