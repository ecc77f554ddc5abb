"""G: whether a profile's vectors are distributions of the right length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from resources.options import CATEGORIES, INTENSITIES, LANGUAGES
from resources.records import Row

TOLERANCE: Final = 1e-9
VECTORS: Final = {
    "preferred_category_vector": len(CATEGORIES),
    "preferred_strength_vector": len(INTENSITIES),
    "preferred_language_vector": len(LANGUAGES),
}
EMBEDDING: Final = sum(VECTORS.values())
FIELDS: Final = (*VECTORS, "user_embedding_v1", "evidence")


def profile_faults(row: Row) -> Iterator[tuple[str, str]]:
    """What is wrong with a row of G, as kind and offender."""
    for name, length in VECTORS.items():
        if not is_distribution(row[name], length):
            yield f"{name} that is no distribution of {length}", row["_id"]
    norm = float(np.linalg.norm(row["user_embedding_v1"]))
    if len(row["user_embedding_v1"]) != EMBEDDING or not abs(norm - np.sqrt(3)) <= 1e-6:
        yield "user_embedding_v1 whose length is not √3", f"{row['_id']}: {norm:.6f}"
    if any(cell[-1] <= 0 for cells in row["evidence"].values() for cell in cells):
        yield "evidence with a count that is not positive", row["_id"]


def is_distribution(values: Sequence[float] | np.ndarray, length: int) -> bool:
    """Finite, not negative, of this length, with sum 1."""
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (length,) or not np.isfinite(array).all():
        return False
    return bool((array >= 0).all() and abs(array.sum() - 1) <= TOLERANCE)
