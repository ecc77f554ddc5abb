"""Texts whose category shows in words and endings, and vectors scattered around a category's."""

from __future__ import annotations

import numpy as np

from rec_api.prototypes import Vectors
from resources.options import CATEGORIES

DIMENSION = 16
MANNERS = dict(
    zip(CATEGORIES, ("였다.", "음.", "했다.", "니다.", "세요!", "까요?", "어ㅋ"), strict=True)
)
STEMS = ("비교하", "정리하", "말하", "확인하", "구매하", "문의하", "점검하", "요약하")


def unit(rows: np.ndarray) -> Vectors:
    lengths: np.ndarray = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / lengths, dtype=np.float32)


def reference(spread: float, per_group: int = 4) -> tuple[list[str], Vectors, list[str], list[str]]:
    """Texts, vectors, categories and languages, as `fit_prototypes` takes them."""
    rng = np.random.default_rng(7)
    groups = [(c, lang) for c in CATEGORIES for lang in ("ko", "en") for _ in range(per_group)]
    centres = {c: rng.normal(size=DIMENSION) for c in CATEGORIES}
    rows = np.stack([centres[c] + spread * rng.normal(size=DIMENSION) for c, _ in groups])
    texts = [f"{rng.choice(STEMS)}{rng.choice(STEMS)} {MANNERS[c]}" for c, _ in groups]
    return texts, unit(rows), [c for c, _ in groups], [lang for _, lang in groups]
