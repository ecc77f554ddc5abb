"""What rows say next to others, held against a plain reading of the same words, row by row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rec_assets.raw import marks
from rec_assets.raw.columns import Table
from rec_assets.raw.kept_texts import KeptTexts


def acts(count: int, people: int, seed: int) -> Table:
    """Acts by person and time, crowded so that many are nearly the same."""
    draw = np.random.default_rng(seed)
    table: dict[str, Any] = {
        "person": draw.integers(people, size=count),
        "time": draw.integers(0, 300, size=count) * 1.0,
        "length": draw.integers(1, 4, size=count) * 1.0,
        "text_language": draw.choice(["ko", "en", "ja"], size=count).astype(object),
    }  # fmt: skip
    order = np.lexsort((table["time"], table["person"]))
    return {name: column[order] for name, column in table.items()}


@pytest.mark.parametrize("at_once", [7, 100_000])
def test_a_run_has_the_language_of_the_correction_of_the_same_act(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(marks, "AT_ONCE", at_once)
    runs, corrections = acts(200, 4, 1), acts(60, 4, 2)
    runs["length"][::9] = np.nan
    columns = (corrections[name] for name in ("person", "length", "time", "text_language"))
    known = {(p, length, int(t)): word for p, length, t, word in zip(*columns, strict=True)}
    offsets = (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5)
    wanted = [
        next((known[key] for o in offsets if (key := (p, length, int(t) + o)) in known), None)
        for p, length, t in zip(runs["person"], runs["length"], runs["time"], strict=True)
    ]
    assert 20 < sum(word is not None for word in wanted) < 180
    assert marks.text_languages(runs, corrections).tolist() == wanted


def test_no_corrections_tell_no_language() -> None:
    assert marks.text_languages(acts(3, 1, 1), acts(0, 1, 1)).tolist() == [None] * 3


def test_sessions_begin_anew_for_each_person_and_after_half_an_hour() -> None:
    times = np.array([0.0, 1_800, 3_601, 0, 10, 5_000])
    person = np.array([0, 0, 0, 3, 3, 3])
    assert marks.sessions({"person": person, "time": times}).tolist() == [0, 0, 1, 0, 0, 1]
    assert marks.sessions({"person": person[:0], "time": times[:0]}).tolist() == []


def test_texts_are_kept_outside_and_come_back_whole() -> None:
    with KeptTexts() as texts:
        texts.put(3, "한국어 \x00", ["a", ""])
        texts.put(5, "half \ud800", [])
        assert texts.get(3) == ("한국어 \x00", ["a", ""])
        assert texts.get(5) == ("half ?", [])
        with pytest.raises(KeyError):
            texts.get(4)
