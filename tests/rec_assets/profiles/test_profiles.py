"""G: the same row in whatever order the days came, and what follows from the evidence."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rec_api.shrinkage import population_before_data, shrink_group, shrink_user
from rec_assets.profiles.evidence import Cells, FoldedDay, evidence_at
from rec_assets.profiles.profiles import Above, cells_by_user, profile, with_day
from resources.options import OPTIONS
from resources.preferences import Evidence
from resources.records import UserProfile, from_row, to_row
from tests.builders import example
from tests.rec_assets.profiles.histories import Session, cells, day_after, histories

POPULATION = population_before_data("ko")
TASTE = shrink_group(Evidence(np.eye(7, 3), np.eye(4), 3.0).scaled(50), POPULATION, 16)
ABOVE = Above(POPULATION, {"c01": TASTE}, {"u1": "c01", "u2": "c99"})
ACCEPTED = Session(OPTIONS[0], "ko", accepted=True, changed=False, simulated=False)
SIMULATED = ACCEPTED._replace(simulated=True, accepted=False)


def after(days: list[tuple[str, Cells]], current: UserProfile | None = None) -> UserProfile:
    """The profile once these days were materialized, one after the other."""
    for day, of_day in days:
        current = profile("u1", *with_day(current, day, of_day), ABOVE)
    assert current is not None
    return current


@given(histories(last=139), st.data())
def test_days_in_any_order_and_twice_give_the_same_row(
    history: dict[str, list[Session]], data: st.DataObject
) -> None:
    days = [(day, cells(of_day)) for day, of_day in history.items()]
    again = data.draw(st.lists(st.sampled_from(days), max_size=5))
    shuffled = data.draw(st.permutations(days + again))
    assert after(shuffled) == after(sorted(days))


@given(histories(last=139), st.data())
def test_a_day_done_wrong_and_then_right_leaves_no_trace(
    history: dict[str, list[Session]], data: st.DataObject
) -> None:
    days = [(day, cells(of_day)) for day, of_day in history.items()]
    wrong = data.draw(st.sampled_from(days))[0], cells([ACCEPTED, SIMULATED])
    assert after([*days, wrong, *days]) == after(days)


def test_a_day_too_old_to_be_kept_is_folded_in_whatever_order_it_may_come() -> None:
    days = [(day_after(k), cells([ACCEPTED, SIMULATED])) for k in (0, 10, 200)]
    allowed = [order for order in permutations(days) if order.index(days[0]) < order.index(days[1])]
    wanted = after(days)
    for order in allowed:
        found = after(list(order))
        assert (found.day, set(found.evidence)) == (day_after(200), {day_after(200)})
        assert found.executed_sessions == pytest.approx(wanted.executed_sessions, abs=1e-12)
        assert found.paraphrase_execution_count == 6


def test_a_day_before_the_base_is_refused() -> None:
    current = after([(day_after(k), cells([ACCEPTED])) for k in (10, 200)])
    with pytest.raises(FoldedDay, match="cannot be redone"):
        with_day(current, day_after(5), cells([ACCEPTED]))


@given(histories(last=300), st.sampled_from(("u1", "u2", "u3")))
def test_preference_vectors_are_distributions(history: dict[str, list[Session]], user: str) -> None:
    by_day = {day: cells(of_day) for day, of_day in history.items()}
    row = profile(user, by_day, None, ABOVE)
    blocks = (
        row.preferred_category_vector,
        row.preferred_strength_vector,
        row.preferred_language_vector,
    )
    for block in blocks:
        assert sum(block) == pytest.approx(1, abs=1e-12)
        assert min(block) > 0
    assert [len(block) for block in blocks] == [7, 3, 4]


@given(histories(last=139))
def test_vectors_are_shrunk_to_the_cluster_and_the_embedding_to_the_population(
    history: dict[str, list[Session]],
) -> None:
    by_day = {day: cells(of_day) for day, of_day in history.items()}
    counts = evidence_at(by_day, None, max(by_day))
    row, whole = profile("u1", by_day, None, ABOVE), shrink_user(counts, POPULATION)
    assert row.preferred_category_vector == shrink_user(counts, TASTE).category.tolist()
    blocks = [*whole.category, *whole.strength, *whole.language]
    assert np.square(row.user_embedding_v1) == pytest.approx(blocks, abs=1e-12)


@pytest.mark.parametrize(("user", "cluster"), [("u1", "c01"), ("u2", None), ("u3", None)])
def test_a_user_has_a_cluster_only_if_it_still_stands(user: str, cluster: str | None) -> None:
    assert profile(user, {day_after(0): cells([ACCEPTED])}, None, ABOVE).cluster_id == cluster


@pytest.mark.parametrize(
    ("of_day", "share", "rate", "origin"),
    [
        ([ACCEPTED], 0.0, 1.0, "live"),
        ([ACCEPTED, SIMULATED, SIMULATED, ACCEPTED], 0.5, 0.5, "live"),
        ([SIMULATED], 1.0, 0.0, "simulation"),
    ],
)
def test_simulated_share_and_accept_rate_are_counted_over_all_sessions(
    of_day: list[Session], share: float, rate: float, origin: str
) -> None:
    row = after([(day_after(0), cells(of_day))])
    assert (row.simulated_share, row.recommend_accept_rate, row.origin) == (share, rate, origin)
    assert row.paraphrase_execution_count == len(of_day)


def test_folding_keeps_what_was_counted() -> None:
    row = after([(day_after(k), cells([ACCEPTED, SIMULATED])) for k in (0, 100, 300)])
    assert (row.simulated_share, row.recommend_accept_rate) == (0.5, 0.5)
    assert row.paraphrase_execution_count == 6
    assert row.base is not None


def test_a_row_holds_as_of_its_last_day() -> None:
    row = after([(day_after(0), cells([ACCEPTED])), (day_after(14), cells([ACCEPTED]))])
    assert (row.day, row.executed_sessions) == (day_after(14), 1.5)
    assert row.created_at == 1_768_521_599_999  # 2026-01-15T23:59:59.999Z


def test_a_user_who_lost_the_last_day_is_left_with_the_base() -> None:
    full = after([(day_after(0), cells([ACCEPTED])), (day_after(200), cells([ACCEPTED]))])
    row = after([(day_after(200), [])], full)
    assert (row.day, row.evidence, row.executed_sessions) == (day_after(0), {}, 1.0)


def test_a_user_without_any_evidence_is_left_with_nothing() -> None:
    current = after([(day_after(0), cells([ACCEPTED]))])
    assert with_day(current, day_after(0), []) == ({}, None)


def test_cells_are_split_by_user_and_those_without_a_run_are_left_out() -> None:
    rows = [example(user_id=user) for user in ("u2", "u1", "u2")]
    rows.append(example(user_id="u3", executed=False))
    found = cells_by_user(rows)
    assert list(found) == ["u1", "u2"]
    assert [of_user[0][-1] for of_user in found.values()] == [1, 2]


@given(histories(last=300))
def test_a_profile_comes_back_from_the_store(history: dict[str, list[Session]]) -> None:
    row = after([(day, cells(history[day])) for day in sorted(history)])
    assert from_row(UserProfile, to_row(row)) == row
