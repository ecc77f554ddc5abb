from __future__ import annotations

import os
import subprocess
import sys

from rec_assets.traffic.draws import generator

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
