from __future__ import annotations

import os
import subprocess
import sys

import numpy as np

from rec_assets.traffic.draws import Draws, generator, pick

PROGRAM = (
    "from rec_assets.traffic.draws import generator;"
    "from tests.rec_assets.traffic.people import personas;"
    "from rec_assets.traffic.population import draw_users;"
    "from rec_assets.traffic.plan import day_plan;"
    "users = draw_users(personas(), 40, 7);"
    "print(generator(7, '2025-01-02', 'sim-00001', 3, 'wish').random(4).tolist(),"
    " [u.category.tolist() for u in users], day_plan(users, '2025-01-02', 50, 7, 0))"
)


def printed(hash_seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.getcwd()}
    command = [sys.executable, "-c", PROGRAM]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_the_same_key_draws_the_same_numbers_whatever_was_drawn_before() -> None:
    other = generator(7, "another")
    other.random(100)
    assert generator(7, "day", 3).random() == generator(7, "day", 3).random()


def test_every_part_of_the_key_counts_and_so_does_its_kind() -> None:
    keys: list[tuple[int, tuple[str | int, ...]]] = [
        (7, ("a", 1)), (8, ("a", 1)), (7, ("a", "1")), (7, ("a", 1, "")), (7, (1, "a")),
    ]  # fmt: skip
    assert len({generator(seed, *key).random() for seed, key in keys}) == len(keys)


def test_users_and_plans_do_not_depend_on_the_hash_seed() -> None:
    assert printed("0") == printed("4242")


def test_a_position_is_picked_as_numpy_would() -> None:
    for number in range(200):
        shares = generator(7, "shares", number).dirichlet(np.full(1 + number % 9, 0.3))
        one, other = generator(7, number), generator(7, number)
        assert pick(one, shares) == other.choice(len(shares), p=shares)
        assert one.random() == other.random()


def test_a_sessions_steps_draw_what_their_own_generators_would() -> None:
    draws = Draws(7, 2, "sim-00001", 3)
    for step in ("wish", "document", "wish", "accept"):
        own = generator(7, 2, "sim-00001", 3, step)
        draw = draws(step)
        for kind in ("random", "standard_normal", "standard_exponential"):
            assert getattr(draw, kind)(5).tolist() == getattr(own, kind)(5).tolist()
        assert draw.integers(7, size=3).tolist() == own.integers(7, size=3).tolist()
        assert draw.permutation(9).tolist() == own.permutation(9).tolist()
        draw.integers(3, dtype="int32")  # leaves half a word behind
