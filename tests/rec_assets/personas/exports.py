"""Exports with known groups in them, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from rec_assets.raw.activity import (
    CORRECTION_COLUMNS,
    RUN_COLUMNS,
    SELECTION_COLUMNS,
    Activity,
)  # fmt: skip
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES

Groups = Sequence[tuple[str, str, int]]  # category, intensity, people
FIVE: Groups = (
    ("none", "moderate", 60), ("email", "weak", 40), ("thesis", "strong", 40),
    ("article", "weak", 30), ("marketing", "strong", 30),
)  # fmt: skip


def planted(
    groups: Groups = FIVE, *, lead: float = 0.75, alike: float = 40.0, runs: int = 30,
    prompts: Sequence[str] = (), seed: int = 1, monolingual: bool = False,
) -> Activity:  # fmt: skip
    """People whose tastes are Dirichlet (concentration `alike`) around `lead` for their word."""
    draw = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for person, (category, intensity) in enumerate((c, i) for c, i, n in groups for _ in range(n)):
        c, i = (
            _taste(draw, CATEGORIES, category, lead, alike),
            _taste(draw, INTENSITIES, intensity, lead, alike),
        )
        language = LANGUAGES[int(draw.choice(4, p=(0.7, 0.2, 0.05, 0.05)))]
        for run in range(1 + draw.poisson(runs)):
            if not monolingual:
                language = LANGUAGES[int(draw.choice(4, p=(0.7, 0.2, 0.05, 0.05)))]
            rows.append({
                "person": person, "time": 1.7e9 + 86_400.0 * run + 3_600 * draw.integers(3),
                "session": run, "category": str(draw.choice(CATEGORIES, p=c)),
                "intensity": str(draw.choice(INTENSITIES, p=i)), "language": language,
                "tone": "formal", "text_language": language,
                "length": float(draw.integers(20, 200)), "accepted": bool(draw.random() < 0.7),
                "edited": bool(draw.random() < 0.1), "total": 3.0,
                "index": float(draw.choice(3, p=(0.6, 0.22, 0.18))),
                "prompt": prompts[run % len(prompts)] if prompts else None,
            })  # fmt: skip
    people = sum(n for _, _, n in groups)
    return activity(rows, people)


def activity(rows: list[dict[str, Any]], people: int) -> Activity:
    """The same rows as runs, selections and corrections."""
    tables = [
        pd.DataFrame(rows, columns=list(columns))
        for columns in (RUN_COLUMNS, SELECTION_COLUMNS, CORRECTION_COLUMNS)
    ]
    if not rows:
        tables = [table.astype({"person": "int64", "time": "float64"}) for table in tables]
        tables[0] = tables[0].astype({"session": "int64"})
        tables[2] = tables[2].astype({"accepted": "bool", "edited": "bool"})
    return Activity(people, *tables, repeated=0, shared_devices=0)


def _taste(
    draw: np.random.Generator, words: Sequence[str], word: str, lead: float, alike: float
) -> np.ndarray:
    mean = np.array([lead if w == word else (1 - lead) / (len(words) - 1) for w in words])
    return draw.dirichlet(alike * mean)
