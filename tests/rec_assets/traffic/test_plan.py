from __future__ import annotations

from itertools import groupby, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rec_assets.traffic.plan import day_plan
from rec_assets.traffic.population import draw_users
from resources.row_keys import day_of
from tests.rec_assets.traffic.people import personas

USERS = draw_users(personas(), 12, 7)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 3000), st.integers(0, 5), st.sampled_from(["2024-02-29", "2025-12-31"]))
def test_a_plan_has_exactly_so_many_sessions_in_order_within_the_day(
    sessions: int, seed: int, day: str
) -> None:
    plan = day_plan(USERS, day, sessions, seed, 0)
    assert len(plan) == sessions
    assert all(s.start < s.end and day_of(s.start) == day == day_of(s.end) for s in plan)
    for _, group in groupby(plan, key=lambda session: session.user_id):
        own = list(group)
        assert [session.number for session in own] == list(range(1, len(own) + 1))
        assert all(before.end <= after.start for before, after in pairwise(own))


def test_more_sessions_than_a_day_is_long_still_fit() -> None:
    plan = day_plan(USERS[:1], "2025-01-02", 5000, 7, 0)
    assert len(plan) == 5000
    assert day_of(plan[-1].end) == "2025-01-02"


def test_active_users_have_more_sessions() -> None:
    plan = day_plan(USERS, "2025-01-02", 2000, 7, 0)
    counts = {u.user_id: sum(s.user_id == u.user_id for s in plan) for u in USERS}
    most = max(USERS, key=lambda user: user.activity)
    assert counts[most.user_id] == max(counts.values())


def test_another_day_is_another_plan() -> None:
    one, other = (day_plan(USERS, "2025-01-02", 20, 7, turn) for turn in (0, 1))
    assert [s.user_id for s in one] != [s.user_id for s in other]


def test_a_seed_gives_the_same_plan_on_whatever_date_the_wheel_is_begun() -> None:
    one, other = (day_plan(USERS, day, 20, 7, 0) for day in ("2025-01-02", "2026-07-09"))
    assert [s.user_id for s in one] == [s.user_id for s in other]
    assert len({later.start - early.start for early, later in zip(one, other, strict=True)}) == 1


def test_sessions_without_users_are_an_error() -> None:
    with pytest.raises(ValueError, match="no simulated users"):
        day_plan([], "2025-01-02", 3, 7, 0)
