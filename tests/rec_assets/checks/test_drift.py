from __future__ import annotations

import math

import numpy as np
import pytest

from rec_assets.checks.drift import Mix, chance_limit, drift_finding, pool, stability

WORDS = ("thesis", "report", "article", "email", "marketing", "customer_service", "none")
SHARES = (0.2, 0.15, 0.15, 0.2, 0.1, 0.1, 0.1)


def mix(*counts: int, people: int = 0) -> Mix:
    return Mix(dict(zip(WORDS, counts, strict=False)), people or sum(counts))


def test_the_index_is_the_sum_that_the_books_give() -> None:
    now, before = mix(30_000, 70_000), mix(50_000, 50_000)
    expected = (0.3 - 0.5) * math.log(0.3 / 0.5) + (0.7 - 0.5) * math.log(0.7 / 0.5)
    assert stability(now, before) == pytest.approx(expected, rel=1e-4)
    assert stability(now, before) == pytest.approx(stability(before, now))
    assert stability(now, now) == 0


def test_a_word_that_was_never_there_before_has_a_finite_index() -> None:
    assert 0 < stability(mix(0, 50), mix(50)) < 10


def test_samples_of_one_distribution_exceed_the_limit_hardly_ever() -> None:
    draw = np.random.default_rng(5)
    limit, above, indices = chance_limit(7, 80, 120), 0, []
    for _ in range(2_000):
        one, other = draw.multinomial(80, SHARES), draw.multinomial(120, SHARES)
        indices.append(stability(mix(*one.tolist()), mix(*other.tolist())))
        above += indices[-1] > limit
    assert above <= 8  # two are expected
    assert np.mean(indices) == pytest.approx(6 * (1 / 80 + 1 / 120), rel=0.15)


def test_a_small_day_does_not_cry_wolf() -> None:
    now, before = mix(6, 1, 1, people=5), mix(20, 15, 15, 20, 10, 10, 10, people=40)
    assert stability(now, before) > 0.25
    assert drift_finding("categories", 7, now, [before]).holds


def test_a_large_day_that_moved_is_told_with_what_moved() -> None:
    now, before = mix(100, 900), mix(500, 500)
    found = drift_finding("categories", 7, now, [before])
    assert not found.holds
    assert "report 50% → 90%" in found.sentence or "thesis 50% → 10%" in found.sentence
    assert found.figures["psi"] > 0.25


def test_a_notice_passes_and_says_so() -> None:
    found = drift_finding("categories", 7, mix(3_400, 6_600), [mix(5_000, 5_000)])
    assert found.holds
    assert "worth a look" in found.sentence


def test_people_are_counted_not_their_sessions() -> None:
    now, before = mix(100, 900, people=5), mix(500, 500, people=5)
    assert drift_finding("categories", 7, now, [before]).holds


def test_without_days_before_or_without_runs_there_is_nothing_to_compare() -> None:
    assert drift_finding("categories", 7, mix(5), []).holds
    assert drift_finding("categories", 7, mix(), [mix(5)]).holds


def test_days_are_pooled_and_their_people_are_the_same_ones() -> None:
    assert pool([mix(1, 2, people=3), mix(4, people=7)]) == Mix({"report": 2, "thesis": 5}, 7)


def test_a_day_without_any_after_days_of_many_people_is_told_and_no_small_one() -> None:
    found = drift_finding("categories executed", 7, mix(), [mix(300, people=10)])
    assert not found.holds
    assert found.sentence == "categories executed: none on this day, 300 on the 1 days before"
    assert drift_finding("categories executed", 7, mix(), [mix(300, people=9)]).holds
