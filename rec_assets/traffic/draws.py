"""Draws that depend on what they are for, not on when they are made."""

from __future__ import annotations

import hashlib

import numpy as np


def generator(seed: int, *key: str | int) -> np.random.Generator:
    """A generator of its own for (seed, key…), the same in every process and order of calls.

    Philox (Salmon et al. 2011) with the 128-bit BLAKE2b hash of the key as its key; parts are told
    apart by their type, so 1 and "1" differ.
    """
    parts = "\x1f".join(f"{type(part).__name__}:{part}" for part in (seed, *key))
    digest = hashlib.blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=np.frombuffer(digest, dtype="<u8")))
