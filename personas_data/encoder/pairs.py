"""Which texts belong together: neighbours, question and answer, same intent, same document."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from personas_data.encoder.corpus import Row

WEAK_SHARE = 0.2  # pairs of one document wherever they stand in it
SOURCE_POWER = 0.75  # between drawing sources equally (0) and by size (1)
UNORDERED = {"same_intent", "same_movie"}


class PairSampler:
    """Draws pairs of row numbers; a source's chance is its number of pairs to the power 0.75."""

    def __init__(self, rows: Sequence[Row], seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.doc = np.array([row.doc for row in rows])
        numbers: dict[str, int] = {}
        self.text = np.array([numbers.setdefault(row.text, len(numbers)) for row in rows])
        # A document's rows stand together: first and one past the last, seen from each row.
        self.first = np.searchsorted(self.doc, self.doc, side="left")
        self.last = np.searchsorted(self.doc, self.doc, side="right")
        near = [at for at, row in enumerate(rows) if self._follows(at) and row.kind != "same_movie"]
        self.near = _by_source(rows, near)
        self.weak = _by_source(rows, [at for at in range(len(rows)) if self._size(at) > 1])
        self.unordered = np.array([row.kind in UNORDERED for row in rows])

    def draw(self, pairs: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the row numbers of the left and the right texts, (pairs,) each."""
        weak = round(pairs * WEAK_SHARE)
        left = np.concatenate([self._pick(self.near, pairs - weak), self._pick(self.weak, weak)])
        right = left + 1
        anywhere = self.unordered[left] | (np.arange(pairs) >= pairs - weak)
        right[anywhere] = self._another(left[anywhere])
        return left, right

    def not_negatives(self, left: NDArray[np.intp], right: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return (pairs, pairs): partners off the diagonal that share a text or a document."""
        text, partner, doc = self.text[left], self.text[right], self.doc[left]
        same: NDArray[np.bool_] = doc[:, None] == doc[None, :]
        same |= text[:, None] == partner[None, :]
        same |= partner[:, None] == partner[None, :]
        same |= text[:, None] == text[None, :]
        np.fill_diagonal(same, False)
        return same

    def _size(self, at: int) -> int:
        return int(self.last[at] - self.first[at])

    def _follows(self, at: int) -> bool:
        return bool(at + 1 < self.last[at])

    def _pick(self, sources: list[NDArray[np.intp]], count: int) -> NDArray[np.intp]:
        sizes = np.array([len(rows) for rows in sources], dtype=np.float64) ** SOURCE_POWER
        chosen = self.random.choice(len(sources), size=count, p=sizes / sizes.sum())
        places = self.random.random(count)
        drawn = [sources[s][int(p * len(sources[s]))] for s, p in zip(chosen, places, strict=True)]
        return np.array(drawn, dtype=np.intp)

    def _another(self, left: NDArray[np.intp]) -> NDArray[np.intp]:
        size = self.last[left] - self.first[left]
        step = 1 + (self.random.random(len(left)) * (size - 1)).astype(np.intp)
        return np.asarray(self.first[left] + (left - self.first[left] + step) % size)


def _by_source(rows: Sequence[Row], places: Sequence[int]) -> list[NDArray[np.intp]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for at in places:
        groups[rows[at].source].append(at)
    return [np.array(groups[source], dtype=np.intp) for source in sorted(groups)]
