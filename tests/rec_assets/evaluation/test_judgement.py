from __future__ import annotations

import math

import numpy as np
import pytest

from rec_assets.evaluation import judgement
from rec_assets.evaluation.judgement import (
    JudgeText,
    Served,
    Verdict,
    first_option,
    most_frequent_first,
    paired_difference,
    wilson,
)
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES
from resources.preferences import Evidence, ServedProfile


def verdict(first: int, plain: int, persona: str = "P", user: str = "u") -> Verdict:
    firsts = (("thesis", "strong"),) * first + (("email", "moderate"),) * (10 - first)
    return Verdict(user, persona, 10, first, plain, True, firsts)


def thesis_text() -> JudgeText:
    distribution = np.full(len(CATEGORIES), 0.05)
    distribution[CATEGORIES.index("thesis")] = 0.7
    return JudgeText("본 연구는 …", "thesis", "ko", distribution, "ko")


def test_a_user_counts_on_more_than_half_of_the_texts() -> None:
    assert verdict(6, 0).hit
    assert not verdict(5, 0).hit


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(0, 10, 0.0, 0.278), (45, 50, 0.786, 0.957)]
)
def test_wilson_is_the_published_interval(hits: int, of: int, low: float, high: float) -> None:
    share = wilson(hits, of)
    assert share.value == hits / of
    assert (share.low, share.high) == pytest.approx((low, high), abs=1e-3)


def test_nobody_to_judge_is_not_a_number_rather_than_zero() -> None:
    assert math.isnan(wilson(0, 0).value)
    assert math.isnan(paired_difference([], 1).value)


def test_a_gain_of_every_user_has_an_interval_above_zero() -> None:
    share = paired_difference([verdict(9, 1)] * 20 + [verdict(9, 9)] * 20, 1)
    assert share.value == 0.5
    assert 0 < share.low < 0.5 < share.high < 1


def test_no_gain_has_an_interval_around_zero() -> None:
    mixed = [verdict(9, 1), verdict(1, 9)] * 20
    assert paired_difference(mixed, 1).low < 0 < paired_difference(mixed, 1).high


def test_the_interval_is_the_same_however_many_are_drawn_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mixed = [verdict(9, 1), verdict(1, 9), verdict(9, 9)] * 19
    at_once = paired_difference(mixed, 2)
    monkeypatch.setattr(judgement, "DRAWN_AT_ONCE", 1_000)
    assert paired_difference(mixed, 2) == at_once


def test_the_most_frequent_first_is_counted_over_a_personas_users() -> None:
    frequent = most_frequent_first([verdict(9, 0, "A"), verdict(4, 0, "A"), verdict(1, 0, "B")])
    assert frequent == {"A": ("thesis", "strong"), "B": ("email", "moderate")}


def test_a_strong_history_turns_the_first_option_strong() -> None:
    ci, ltl = np.zeros((len(CATEGORIES), len(INTENSITIES))), np.zeros((len(LANGUAGES),) * 2)
    ci[CATEGORIES.index("thesis"), INTENSITIES.index("strong")] = 30.0
    ltl[0, 0] = 30.0
    profile = ServedProfile(Evidence(ci, ltl, 30.0), "2026-01-05", None, 0.9, 30)
    served = Served(None, {"expert": profile}, "ko")
    assert first_option(served, "expert", thesis_text())[0].id == "thesis/strong/ko"
    assert first_option(served, None, thesis_text())[0].id == "thesis/moderate/ko"
