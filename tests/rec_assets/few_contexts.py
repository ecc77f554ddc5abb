"""A context pool that is quick to learn from, for tests that look at something else."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from resources.settings import REPOSITORY

FEW = 20  # texts of each category and language
COMMITTED = REPOSITORY / "personas_data" / "contexts"


def few_contexts(folder: Path) -> Path:
    """The first texts of each kind in the committed pool, as files under this folder."""
    target = folder / "contexts"
    target.mkdir(parents=True, exist_ok=True)
    for file in sorted(COMMITTED.glob("*.jsonl")):
        lines, seen = [], Counter[str]()
        for line in file.read_text(encoding="utf-8").splitlines(keepends=True):
            category = json.loads(line)["category"]
            seen[category] += 1
            if seen[category] <= FEW:
                lines.append(line)
        (target / file.name).write_text("".join(lines), encoding="utf-8")
    return target


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The setting that names a pool of few contexts, for a command in a REC_HOME of its own."""
    return {"REC_CONTEXTS": str(few_contexts(tmp_path_factory.mktemp("few")))}
