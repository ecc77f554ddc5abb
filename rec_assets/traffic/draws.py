"""Draws that depend on what they are for, not on when they are made."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray


def pick(draw: np.random.Generator, shares: NDArray[np.float64]) -> int:
    """A position drawn by its share; the one that `draw.choice(len(shares), p=shares)` gives.

    A quarter of its time: a bot picks seven times a session.
    """
    up_to = shares.cumsum()
    up_to /= up_to[-1]
    return int(up_to.searchsorted(draw.random(), side="right"))


def generator(seed: int, *key: str | int) -> np.random.Generator:
    """A generator of its own for (seed, key…), the same in every process and order of calls.

    Philox (Salmon et al. 2011) with the 128-bit BLAKE2b hash of the key as its key; parts are told
    apart by their type, so 1 and "1" differ.
    """
    return np.random.Generator(np.random.Philox(key=_philox_key(seed, *key)))


class Draws:
    """The generators of one session, step by step: what `generator(seed, *key, step)` gives.

    One object set back to the beginning of each step's stream, because making one costs as much as
    a bot's whole choice. A step's draws end where the next step's begin.
    """

    def __init__(self, seed: int, *key: str | int) -> None:
        """`key` is what the steps share."""
        self._seed, self._key = seed, key
        self._philox = np.random.Philox(key=0)
        self._state = self._philox.state
        self._generator = np.random.Generator(self._philox)

    def __call__(self, step: str) -> np.random.Generator:
        """The step's generator; the one of the step before is this one now."""
        self._state["state"]["key"] = _philox_key(self._seed, *self._key, step)
        self._philox.state = self._state
        return self._generator


def _philox_key(seed: int, *key: str | int) -> NDArray[np.uint64]:
    parts = "\x1f".join(f"{type(part).__name__}:{part}" for part in (seed, *key))
    digest = hashlib.blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return np.frombuffer(digest, dtype="<u8")
