"""Arrays as text in a document: base64 of little-endian floats."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray


def pack(array: NDArray[np.floating[Any]], kind: str = "<f4") -> str:
    """Base64 of the array's bytes, `<f4` (embeddings) or `<f8` (A's vectors and scores)."""
    return base64.b64encode(np.ascontiguousarray(array, dtype=kind).tobytes()).decode("ascii")


def unpack(text: str, kind: str = "<f4") -> NDArray[Any]:
    """The array of a base64 text, read-only, one dimension."""
    return np.frombuffer(base64.b64decode(text), dtype=kind)
