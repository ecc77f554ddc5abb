from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from msgspec.structs import replace

from rec_assets.personas.persona import Persona
from rec_assets.traffic.allotment import allot
from rec_assets.traffic.population import draw_users, personas_of
from tests.rec_assets.traffic.people import personas


def shared(*shares: float) -> list[Persona]:
    return [replace(persona, share=s) for persona, s in zip(personas(), shares, strict=True)]


def test_users_are_shared_out_by_share_and_add_up() -> None:
    assert allot(shared(0.5, 0.3, 0.2), 101) == [51, 30, 20]


def test_a_small_persona_has_ten_users_where_there_are_twelve_for_each() -> None:
    many = shared(0.98, 0.01, 0.01)
    assert allot(many, 36) == [16, 10, 10]
    assert allot(many, 35) == [33, 1, 1]


def test_fewer_users_than_personas_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"REC_USERS.* begin with more users in an empty REC_HOME"):
        allot(personas(), 2)


def test_every_taste_is_a_distribution_and_ids_are_unique() -> None:
    users = draw_users(personas(), 60, 7)
    assert [user.user_id for user in users] == [f"sim-{n:05d}" for n in range(1, 61)]
    for user in users:
        for taste in (user.category, user.text_language, user.hours, user.tastes.reshape(-1)):
            assert taste.sum() == pytest.approx(1)
            assert (taste >= 0).all()
        assert user.intensity_by_category.sum(1) == pytest.approx(np.ones(7))
        assert user.language_by_text_language.sum(1) == pytest.approx(np.ones(4))


def test_a_large_concentration_makes_members_alike_and_a_small_one_does_not() -> None:
    def spread(concentration: float) -> float:
        users = draw_users(personas(concentration=concentration), 90, 7)
        return float(np.std([user.category[0] for user in users if user.persona == "Writer"]))

    assert spread(1e6) < 0.002 < 0.1 < spread(3.0)


def test_the_spread_is_that_of_the_dirichlet() -> None:
    users = draw_users(personas(concentration=9.0), 3000, 7)
    shares = [user.category[0] for user in users if user.persona == "Writer"]
    assert np.mean(shares) == pytest.approx(0.7, abs=0.02)
    assert np.var(shares) == pytest.approx(0.7 * 0.3 / 10, rel=0.15)


def test_alike_members_have_the_personas_option_as_their_mode() -> None:
    users = draw_users(personas(concentration=1e6), 36, 7)
    modes = Counter((user.persona, *user.mode_option) for user in users)
    assert set(modes) == {
        ("Writer", "thesis", "strong"), ("Clerk", "email", "weak"), ("Anyone", "none", "moderate"),
    }  # fmt: skip


def test_a_bots_persona_is_known_without_drawing_it() -> None:
    drawn = {user.user_id: user.persona for user in draw_users(personas(), 40, seed=3)}
    assert personas_of(personas(), 40) == drawn


def test_another_seed_draws_other_users() -> None:
    one, other = draw_users(personas(), 10, 7)[0], draw_users(personas(), 10, 8)[0]
    assert not np.array_equal(one.category, other.category)
