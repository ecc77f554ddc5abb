"""How far personas' shares move with a new export: of the same population, and of another.

    python -m tests.benchmarks.bench_persona_shift          (SEEDS=8)

The export before is the sample. Each other one is drawn as the sample is, of as many other people:
with the same occupations (`same`), with a fifth more people of one occupation (`a fifth more`),
with nearly all of one occupation (`nearly all`). `distance` is what the check `shares_moved_little`
compares with REC_PERSONA_SHIFT: the same population must pass, another must be held back.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Final
from unittest.mock import patch

from personas_data.sample import generate, people
from rec_assets.personas.mining import Mined, mine_personas
from rec_assets.personas.shift import in_words, share_shift
from rec_assets.raw.activity import Activity, read_activity
from rec_assets.raw.load import load_file
from resources.records import RAW
from resources.settings import Settings
from resources.sqlite_log_store import SqliteLogStore
from tests.benchmarks.figures import verdict

SEEDS: Final = int(os.environ.get("SEEDS", "8"))
SHARES: Final = [occupation.share for occupation in people.OCCUPATIONS]
SAME, MORE, NEARLY_ALL = "same", "a fifth more", "nearly all"


def export(seed: int, shares: list[float]) -> Activity:
    """What mining reads of an export of other people with these shares of occupations."""
    drawn = [replace(o, share=s) for o, s in zip(people.OCCUPATIONS, shares, strict=True)]
    with (
        patch.object(generate, "SEED", seed),
        patch.object(people, "OCCUPATIONS", tuple(drawn)),
        tempfile.TemporaryDirectory() as folder,
    ):
        store = SqliteLogStore(Path(folder) / "log.sqlite")
        for name, content in generate.export().items():
            (Path(folder) / name).write_bytes(content)
            load_file(Path(folder) / name, store, name)
        activity = read_activity(chain.from_iterable(store.scan(RAW)))
        store.close()
    return activity


def populations() -> Iterator[tuple[str, int, list[float]]]:
    """Kind, seed and shares of each export."""
    for seed in range(1, SEEDS + 1):
        yield SAME, seed, SHARES
    for one in range(len(SHARES)):
        more = [share + (one == k) * sum(SHARES) / 4 for k, share in enumerate(SHARES)]
        yield MORE, 40 + one, more
    for one in (0, 3, 4):
        yield NEARLY_ALL, 60 + one, [1.0 if one == k else 0.02 for k in range(len(SHARES))]


def distance(before: Mined, kind: str, seed: int, shares: list[float]) -> float:
    """How far the shares moved, printed with what moved most."""
    after = mine_personas(
        export(seed, shares), seed=Settings().seed, previous=before.personas, former=before.former
    )
    shift = share_shift(before.personas, after.personas)
    print(f"{kind:13} {seed:>4} {after.k:>3} {shift.distance:>9.3f}  {in_words(shift.moves)}",
          flush=True)  # fmt: skip
    return shift.distance


def main() -> None:
    """A line for each export, then whether the setting tells the two apart."""
    before = mine_personas(export(generate.SEED, SHARES), seed=Settings().seed)
    print(f"before: {before.k} personas of {before.people} people")
    print(f"{'export':13} {'seed':>4} {'k':>3} {'distance':>9}  largest moves")
    found: dict[str, list[float]] = {SAME: [], MORE: [], NEARLY_ALL: []}
    for kind, seed, shares in populations():
        found[kind].append(distance(before, kind, seed, shares))
    allowed = Settings().persona_shift
    most, least = max(found[SAME]), min(found[NEARLY_ALL])
    verdict(most <= allowed, f"the same population moves by {most:.3f} at most, {allowed} passes")
    verdict(least > allowed, f"another by {least:.3f} at least")


if __name__ == "__main__":
    main()
