from __future__ import annotations

import random

import pytest

from rec_assets.raw import repeats
from rec_assets.raw.repeats import SeenIds


@pytest.mark.parametrize("at_once", [50, 10_000])
def test_every_id_that_was_seen_before_counts(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "AT_ONCE", at_once)
    draw = random.Random(5)
    ids = [f"id {draw.randrange(700)}" for _ in range(1_000)] + ["\ud800"] * 2
    with SeenIds() as seen:
        for start in range(0, len(ids), 100):
            seen.add(ids[start : start + 100])
        assert seen.repeated() == len(ids) - len(set(ids))


def test_without_ids_nothing_was_seen() -> None:
    with SeenIds() as seen:
        assert seen.repeated() == 0
