"""What a bot writes: documents made of the pool's texts, and its small edits."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rec_assets.personas.persona import TextLength
from rec_assets.traffic.draws import pick
from resources.context_pool import Context
from resources.options import LANGUAGES

MEAN_MORE: Final = 4  # texts of a document beside the selected one (Poisson; an assumption)
_LENGTH_SD: Final = 0.25  # in ln: how close a text comes to the length that was drawn
_Z90: Final = 1.2816  # the normal's 90 % quantile
_ENDS: Final = ".。!?！？"


@dataclass(frozen=True, slots=True)
class Document:
    """A text with one passage of it selected, and the passages beside that one (may be empty)."""

    text: str
    selected: str
    before: str
    after: str


class Shelf:
    """The bots' part of the pool, by category and language."""

    def __init__(self, pool: Sequence[Context]) -> None:
        texts: dict[tuple[str, str], list[Context]] = defaultdict(list)
        for context in sorted(pool, key=lambda context: context.hash):
            texts[context.category, context.language].append(context)
        self._texts = dict(texts)
        self._log_lengths = {
            kind: np.log([len(context.text) for context in those]) for kind, those in texts.items()
        }
        self._topics = {
            kind: np.unique([context.topic for context in those], return_inverse=True)[1]
            for kind, those in texts.items()
        }

    def languages(self, category: str) -> NDArray[np.bool_]:
        """Which text languages (4) the category has texts in."""
        return np.array([(category, word) in self._texts for word in LANGUAGES])

    def compose(
        self, category: str, language: str, lengths: TextLength, draw: np.random.Generator
    ) -> Document:
        """A document in this category and language, one topic first; KeyError without texts."""
        texts = self._texts[category, language]
        wanted = _length(lengths, draw)
        chosen = _near_length(self._log_lengths[category, language], wanted, draw)
        others = draw.permutation(len(texts))
        others = others[others != chosen]
        topics = self._topics[category, language]
        others = others[np.argsort(topics[others] != topics[chosen], kind="stable")]
        passages = [texts[position].text for position in others[: draw.poisson(MEAN_MORE)]]
        place = int(draw.integers(len(passages) + 1))
        passages.insert(place, texts[chosen].text)
        before = passages[place - 1] if place else ""
        after = passages[place + 1] if place + 1 < len(passages) else ""
        return Document("\n".join(passages), texts[chosen].text, before, after)


def retouch(text: str) -> str:
    """The text with a small edit, never the same: its last mark of punctuation moved or made."""
    bare = text.rstrip(_ENDS)
    mark = "。" if any("\u3040" <= c <= "\u9fff" for c in bare) else "."
    return bare if bare and bare != text else bare + mark


def _length(lengths: TextLength, draw: np.random.Generator) -> float:
    """Log-normal through the persona's median and its 10 and 90 % quantiles."""
    spread = math.log(lengths.p90 / max(lengths.p10, 1.0)) / (2 * _Z90)
    return lengths.p50 * math.exp(draw.normal(0, spread))


def _near_length(log_lengths: NDArray[np.float64], length: float, draw: np.random.Generator) -> int:
    off = log_lengths - math.log(length)
    weights = np.exp(-0.5 * ((np.abs(off) - np.abs(off).min()) / _LENGTH_SD) ** 2)
    return pick(draw, weights / weights.sum())
