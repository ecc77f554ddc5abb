"""Runs of one to four characters: what a text's endings, particles and punctuation look like."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

READ_CHARACTERS: Final = 20_000  # a document's kind shows in its first ten pages
HOLDERS: Final = 3  # texts that must have a gram before it counts
UNIT_BITS: Final = np.uint64(16)  # of a UTF-16 unit: four fill one key, so no two grams share one
ZERO, NINE = ord("0"), ord("9")

Keys = NDArray[np.uint64]


class Vocabulary(NamedTuple):
    """The grams that are known: ascending keys, and how rare each is, ln((1+n)/(1+n_g)) + 1."""

    keys: Keys
    rarity: NDArray[np.float32]


class Grams(NamedTuple):
    """Which grams of a vocabulary a text has, and how much each weighs; at length one."""

    places: NDArray[np.intp]  # ascending
    weights: NDArray[np.float64]


def gram_keys(text: str) -> Keys:
    """Return one key for each run of one to four characters, with repeats.

    Case, width, kinds of blanks and digits make no difference; both ends count as blanks.
    """
    plain = unicodedata.normalize("NFKC", text[:READ_CHARACTERS]).lower()
    spaced = f" {' '.join(plain.split())} ".encode("utf-16-le", "surrogatepass")
    units = np.frombuffer(spaced, dtype="<u2").astype(np.uint64)
    units[(units >= ZERO) & (units <= NINE)] = ZERO
    grams = [units]
    for length in range(1, 4):
        grams.append((grams[-1][:-1] << UNIT_BITS) | units[length:])
    return np.concatenate(grams)


def learn_vocabulary(texts: Sequence[Keys]) -> Vocabulary:
    """Return the grams that stand in at least three of the texts (one or more)."""
    found, holders = np.unique(np.concatenate([np.unique(k) for k in texts]), return_counts=True)
    kept = holders >= HOLDERS
    rarity = np.log((1 + len(texts)) / (1 + holders[kept])) + 1
    return Vocabulary(found[kept], rarity.astype(np.float32))


def weigh(keys: Keys, vocabulary: Vocabulary) -> Grams:
    """Return the known grams, weighing (1 + ln count) · rarity each, at length one together."""
    size = len(vocabulary.keys)
    places = vocabulary.keys.searchsorted(keys)
    found = places[vocabulary.keys.take(places, mode="clip") == keys] if size else places[:0]
    if not len(found):
        return Grams(found, np.empty(0))
    # What np.unique does, in a third of its time.
    found.sort()
    ends = np.append(np.flatnonzero(found[1:] != found[:-1]), len(found) - 1)
    counts = ends.astype(np.float64)
    counts[1:] -= ends[:-1]
    counts[0] += 1
    known = found.take(ends)
    weights = (1 + np.log(counts)) * vocabulary.rarity.take(known)
    return Grams(known, weights / np.sqrt(np.add.reduce(weights * weights)))
