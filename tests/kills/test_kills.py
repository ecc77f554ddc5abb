"""One kill of every kind; `make kills` makes sixty."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kills.moments import (
    AFTER,
    ASSETS,
    BEFORE,
    DAILY,
    REDIS,
    RUN,
    SERVICE,
    WATCHDOG,
    Kill,
    draw,
)  # fmt: skip
from tests.kills.wheels import Clean, survive

ONE_OF_EACH = (
    Kill(0, RUN, "simulated_traffic", 1, 0.7, False),
    Kill(1, SERVICE, "simulated_traffic", 0, 0.8, False),
    Kill(2, REDIS, "cluster_profiles", 0, 0.9, False),
    Kill(3, WATCHDOG, "simulated_traffic", 1, 0.6, False),
)


@pytest.mark.parametrize("kill", ONE_OF_EACH, ids=str)
def test_after_a_kill_the_same_command_ends_as_if_there_had_been_none(
    kill: Kill, tmp_path: Path, clean: Clean, begun: Path
) -> None:
    survive(kill, tmp_path, clean, begun)


def test_sixty_kills_hit_the_command_in_every_asset_and_both_of_its_children() -> None:
    kills = draw(1, 60)
    targets = [kill.target for kill in kills]
    assert {kill.place for kill in kills if kill.target == RUN} == {BEFORE, *ASSETS, AFTER}
    assert (targets.count(RUN), targets.count(SERVICE)) == (30, 15)
    assert targets.count(REDIS) + targets.count(WATCHDOG) == 15
    assert {kill.place for kill in kills if kill.target in (REDIS, WATCHDOG)} >= set(DAILY)


def test_a_seed_draws_the_same_kills_and_another_seed_others() -> None:
    assert draw(1, 60) == draw(1, 60)
    assert draw(1, 60) != draw(2, 60)
