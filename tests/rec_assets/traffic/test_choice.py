from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rec_assets.personas.persona import Choice
from rec_assets.traffic.choice import (
    Habit,
    accept_chance,
    decide,
    habit,
    match,
    position_shares,
    probabilities,
)  # fmt: skip
from rec_assets.traffic.draws import generator
from rec_assets.traffic.population import draw_users
from resources.options import OPTIONS, Option
from tests.rec_assets.traffic.people import personas

SHARE = st.floats(0.02, 0.98)
CHOICES = st.builds(
    Choice,
    position_bias=st.floats(0, 3),
    satisficing=SHARE,
    good_enough=st.floats(0, 1),
    sensitivity=st.floats(0, 12),
    leave=SHARE,
    strictness=st.floats(0, 8),
)
HABITS = st.builds(Habit, SHARE, st.floats(0, 1))
SLATES = st.lists(st.sampled_from(OPTIONS), min_size=1, max_size=5, unique=True)
WISH = st.sampled_from(OPTIONS)


@given(SLATES, WISH, CHOICES, HABITS)
def test_chances_sum_to_one(slate: list[Option], wish: Option, choice: Choice, own: Habit) -> None:
    chances = probabilities(slate, wish, choice, own)
    assert chances.shape == (len(slate) + 2,)
    assert (chances >= 0).all()
    assert chances.sum() == pytest.approx(1)


@given(SLATES, WISH, CHOICES, HABITS, st.data())
def test_a_worse_match_is_never_more_likely(
    slate: list[Option], wish: Option, choice: Choice, own: Habit, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(slate) - 1))
    other = data.draw(WISH)
    worse, better = sorted((slate[place], other), key=lambda option: match(option, wish))
    with_worse, with_better = list(slate), list(slate)
    with_worse[place], with_better[place] = worse, better
    least = probabilities(with_worse, wish, choice, own)[place]
    assert least <= probabilities(with_better, wish, choice, own)[place] + 1e-12


@given(SLATES, WISH, CHOICES, HABITS)
def test_nobody_changes_to_what_is_shown(
    slate: list[Option], wish: Option, choice: Choice, own: Habit
) -> None:
    chances = probabilities([*slate, wish], wish, choice, own)
    assert chances[-2] == 0


@given(WISH, st.sampled_from(OPTIONS), CHOICES, HABITS)
def test_shown_higher_is_never_less_likely(
    wish: Option, option: Option, choice: Choice, own: Habit
) -> None:
    filler = next(o for o in OPTIONS if o not in (wish, option))
    first = probabilities([option, filler], wish, choice, own)[0]
    assert first + 1e-12 >= probabilities([filler, option], wish, choice, own)[1]


@given(WISH, WISH)
def test_a_match_is_one_only_for_the_wish(one: Option, other: Option) -> None:
    assert 0 <= match(one, other) <= 1
    assert (match(one, other) == pytest.approx(1)) == (one == other)
    assert match(one, other) == match(other, one)


@given(st.integers(1, 10), CHOICES)
def test_position_shares_descend_and_sum_to_one(candidates: int, choice: Choice) -> None:
    shares = position_shares(candidates, choice)
    assert shares.sum() == pytest.approx(1)
    assert (np.diff(shares) <= 1e-12).all()


def test_one_missed_option_is_changed_as_often_as_the_export_says() -> None:
    choice = Choice(0.0, 0.0, 1.0, 5.0, 1e-6, 3.0)
    wish = Option("thesis", "strong", "ko")
    shown = Option("thesis", "weak", "ko")
    taken, changed, _ = probabilities([shown], wish, choice, Habit(0.4, match(shown, wish)))
    assert changed / (taken + changed) == pytest.approx(0.4)


def test_a_habit_follows_from_tastes_and_custom_rate() -> None:
    user = draw_users(personas(concentration=1e9, custom_rate=0.2), 3, 7)[0]
    differ = 1 - float((user.tastes**2).sum())
    assert habit(user).change == pytest.approx(0.2 / differ, rel=1e-3)
    assert 0 < habit(user).mean_miss < 1


def test_an_unmet_wish_is_accepted_less() -> None:
    user = draw_users(personas(concentration=1e9), 3, 7)[0]
    wish = Option("thesis", "strong", "ko")
    chances = [
        accept_chance(Option("thesis", intensity, "ko"), wish, user)
        for intensity in ("strong", "moderate", "weak")
    ]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] == pytest.approx(user.accept_rate)


@settings(max_examples=20)
@given(SLATES, WISH, CHOICES, HABITS, st.integers(0, 99))
def test_a_decision_is_a_shown_option_the_wish_or_nothing(
    slate: list[Option], wish: Option, choice: Choice, own: Habit, seed: int
) -> None:
    decision = decide(slate, wish, choice, own, generator(seed, "choice"))
    if decision.position is not None:
        assert decision.option == slate[decision.position]
    else:
        assert decision.option in (None, wish)
