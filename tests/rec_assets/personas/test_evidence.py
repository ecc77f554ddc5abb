from __future__ import annotations

import numpy as np
import pytest

from rec_assets.personas.evidence import codes, count_evidence, independent
from tests.rec_assets.personas.exports import activity, planted


def sticky(stay: float, people: int = 400, length: int = 4) -> tuple[np.ndarray, ...]:
    """Two sessions a person; within one, a fair coin is thrown anew with chance 1 - stay."""
    draw = np.random.default_rng(5)
    word = draw.integers(2, size=(people * 2, length))
    for run in range(1, length):
        keep = draw.random(people * 2) < stay
        word[keep, run] = word[keep, run - 1]
    person = np.repeat(np.arange(people), 2 * length)
    session = np.tile(np.repeat([0, 1], length), people)
    return word.reshape(-1), person, session


def test_runs_that_repeat_each_other_count_for_less() -> None:
    assert independent(*sticky(0.0)) == pytest.approx(1, abs=0.1)
    word, person, session = sticky(0.5)
    expected = 1 / (1 + 2 * sum((1 - d / 4) * 0.5**d for d in (1, 2, 3)))
    assert independent(word, person, session) == pytest.approx(expected, abs=0.03)


def test_a_run_alone_in_its_session_counts_whole() -> None:
    evidence = count_evidence(planted())
    assert evidence.weight == pytest.approx(evidence.runs)


def test_words_that_are_not_ours_are_left_out() -> None:
    assert codes(["ko", None, "fr", float("nan")], ("en", "ko")).tolist() == [1, -1, -1, -1]


def test_changes_are_counted_between_a_persons_runs() -> None:
    made = planted([("email", "weak", 2)], runs=5)
    evidence = count_evidence(made)
    assert (evidence.followed == evidence.runs - 1).all()
    assert (evidence.changed <= evidence.followed).all()


def test_an_export_of_nothing_is_counted() -> None:
    assert count_evidence(activity([], 3)).runs.tolist() == [0, 0, 0]
