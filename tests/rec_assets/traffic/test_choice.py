from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rec_assets.personas.persona import Choice
from rec_assets.traffic.choice import (
    accept_chance,
    change_rate,
    decide,
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
    sensitivity=st.floats(0, 12),
    leave=SHARE,
    strictness=st.floats(0, 8),
)
CHANGES = SHARE
SLATES = st.lists(st.sampled_from(OPTIONS), min_size=1, max_size=5, unique=True)
WISH = st.sampled_from(OPTIONS)


@given(SLATES, WISH, CHOICES, CHANGES)
def test_chances_sum_to_one(
    slate: list[Option], wish: Option, choice: Choice, change: float
) -> None:
    chances = probabilities(slate, wish, choice, change)
    assert chances.shape == (len(slate) + 2,)
    assert (chances >= 0).all()
    assert chances.sum() == pytest.approx(1)


@given(SLATES, WISH, CHOICES, CHANGES, st.data())
def test_a_worse_match_is_never_more_likely(
    slate: list[Option], wish: Option, choice: Choice, change: float, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(slate) - 1))
    other = data.draw(WISH)
    worse, better = sorted((slate[place], other), key=lambda option: match(option, wish))
    with_worse, with_better = list(slate), list(slate)
    with_worse[place], with_better[place] = worse, better
    least = probabilities(with_worse, wish, choice, change)[place]
    assert least <= probabilities(with_better, wish, choice, change)[place] + 1e-12


@given(SLATES, WISH, CHOICES, CHANGES)
def test_nobody_changes_to_what_is_shown(
    slate: list[Option], wish: Option, choice: Choice, change: float
) -> None:
    chances = probabilities([*slate, wish], wish, choice, change)
    assert chances[-2] == 0


@given(WISH, st.sampled_from(OPTIONS), CHOICES, CHANGES)
def test_shown_higher_is_never_less_likely(
    wish: Option, option: Option, choice: Choice, change: float
) -> None:
    filler = next(o for o in OPTIONS if o not in (wish, option))
    first = probabilities([option, filler], wish, choice, change)[0]
    assert first + 1e-12 >= probabilities([filler, option], wish, choice, change)[1]


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


def test_a_missed_option_is_changed_as_often_as_the_export_says_however_many_are_shown() -> None:
    choice = Choice(0.4, 0.3, 5.0, 1e-9, 3.0)
    wish, strengths = Option("thesis", "strong", "ko"), ("weak", "moderate")
    slate = [Option("thesis", strength, lang) for strength in strengths for lang in ("ko", "en")]
    chances = probabilities(slate, wish, choice, 0.4)
    assert chances[-2] / chances[:-1].sum() == pytest.approx(0.4, abs=0.02)


def test_how_often_a_user_changes_follows_from_tastes_and_custom_rate() -> None:
    user = draw_users(personas(concentration=1e9, custom_rate=0.2), 3, 7)[0]
    differ = 1 - float((user.tastes**2).sum())
    assert change_rate(user) == pytest.approx(0.2 / differ, rel=1e-3)


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
@given(SLATES, WISH, CHOICES, CHANGES, st.integers(0, 99))
def test_a_decision_is_a_shown_option_the_wish_or_nothing(
    slate: list[Option], wish: Option, choice: Choice, change: float, seed: int
) -> None:
    decision = decide(slate, wish, choice, change, generator(seed, "choice"))
    if decision.position is not None:
        assert decision.option == slate[decision.position]
    else:
        assert decision.option in (None, wish)
