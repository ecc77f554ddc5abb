from __future__ import annotations

from typing import Any

import pytest

from rec_assets.checks.chains import Links, chain_faults, far_recommendations
from resources.records import Row
from tests.builders import DAY, recommendation, run, selection


def links(
    asked: list[Row] | None = None,
    runs: list[Row] | None = None,
    selections: list[Row] | None = None,
    corrections: set[str] | None = None,
) -> Links:
    """A whole chain a1, b1, c1, d-b1 unless told otherwise."""
    return Links(
        {row["_id"]: row for row in ([recommendation()] if asked is None else asked)},
        {row["_id"]: row for row in ([run()] if runs is None else runs)},
        [selection()] if selections is None else selections,
        {"d-b1"} if corrections is None else corrections,
    )


def test_a_whole_chain_has_no_fault() -> None:
    assert list(chain_faults(links(), {})) == []


def test_a_run_that_nobody_answered_is_no_fault() -> None:
    assert list(chain_faults(links(selections=[]), {})) == []


@pytest.mark.parametrize(
    ("broken", "kind", "offender"),
    [
        ({"asked": []}, "B without its A", "b1 of A a1"),
        ({"runs": [run(user_id="u2")], "selections": []}, "B of another user's A", "b1 of A a1"),
        (
            {"runs": [run(recommend_session_id="s9")], "selections": []},
            "B of another session than its A",
            "b1 of A a1",
        ),
        ({"runs": []}, "C without its B", "c1 of B b1"),
        ({"selections": [selection(user_id="u2")]}, "C of another user's B", "c1 of B b1"),
        (
            {"selections": [selection(recommend_session_id="s9")]},
            "C of another session than its B",
            "c1 of B b1",
        ),
        (
            {"selections": [selection(source_recommend_event_id="a9")]},
            "C of another A than its B",
            "c1 of B b1",
        ),
        ({"selections": [selection(), selection("c2")]}, "C of a B that has another C", "c2"),
        ({"selections": [], "corrections": set()}, "B without its D", "b1"),
    ],
)
def test_a_broken_link_is_named(broken: dict[str, Any], kind: str, offender: str) -> None:
    assert list(chain_faults(links(**broken), {})) == [(kind, offender)]


def test_a_selection_without_its_correction_is_named() -> None:
    found = list(chain_faults(links(corrections=set()), {}))
    assert ("C without its D", "c1") in found


EVE = "2026-03-01"
LOST = run("b9", "a9", arrived_on=EVE)
ORPHAN = selection("c9", "b8", arrived_on=EVE)


def test_of_links_that_were_judged_before_none_is_told_again() -> None:
    first = selection("c0", "b1", arrived_on=EVE)
    standing = links(
        asked=[recommendation(arrived_on=EVE)],
        runs=[run(arrived_on=EVE), LOST],
        selections=[first, selection("c1", "b1", arrived_on=EVE), ORPHAN],
        corrections={"d-b1"},
    )
    assert len(list(chain_faults(standing, {}))) == 5
    assert list(chain_faults(standing, {}, since=DAY)) == []


@pytest.mark.parametrize(
    ("late", "told"),
    [
        ({"runs": [LOST | {"arrived_on": DAY}], "selections": []}, {"B without its A"}),
        ({"selections": [ORPHAN | {"arrived_on": DAY}]}, {"C without its B"}),
        (
            {"asked": [recommendation(user_id="u2")], "runs": [run(arrived_on=EVE)]},
            {"B of another user's A"},
        ),
        (
            {"runs": [run()], "selections": [selection(user_id="u2", arrived_on=EVE)]},
            {"C of another user's B"},
        ),
        (
            {"selections": [selection("c0"), selection("c1", arrived_on=EVE)]},
            {"C of a B that has another C"},
        ),
    ],
)
def test_a_link_is_judged_on_the_day_its_second_row_arrives(
    late: dict[str, Any], told: set[str]
) -> None:
    standing = {
        "asked": [recommendation(arrived_on=EVE)],
        "runs": [run(arrived_on=EVE)],
        "corrections": {"d-b1", "d-b8", "d-b9"},
    }
    found = list(chain_faults(links(**{**standing, **late}), {}, since=DAY))
    assert {kind for kind, _ in found} == told


def test_an_a_of_other_users_is_looked_for_before_it_is_called_lost() -> None:
    of_block = links(asked=[], selections=[])
    assert far_recommendations(of_block) == ["a1"]
    foreign = recommendation(user_id="u2")
    assert [k for k, _ in chain_faults(of_block, {"a1": foreign})] == ["B of another user's A"]
    earlier = recommendation(day="2026-03-01")
    assert [k for k, _ in chain_faults(of_block, {"a1": earlier})] == ["B whose A is of 2026-03-01"]
    assert DAY == "2026-03-02"
