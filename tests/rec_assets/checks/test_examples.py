from __future__ import annotations

from typing import Any

import pytest

from rec_assets.checks.examples import (
    account_faults,
    contradiction_faults,
    contradictions,
    example_faults,
)
from resources.records import Row
from tests.builders import DAY, example, recommendation, run, selection

ASKED, RUNS = {"a1": recommendation()}, {"b1": run()}
COUNTED = {"runs": 1, "late_runs": 0, "joined": 1, "contradictions": 0}
KEPT = {"dropped": {}, "contradictions": 0}


def test_h_with_one_row_per_a_has_no_fault() -> None:
    assert list(example_faults([example()], ASKED, RUNS, DAY)) == []


def test_an_a_without_a_row_is_named_unless_it_arrived_later() -> None:
    assert list(example_faults([], ASKED, RUNS, DAY)) == [("A without a row of H", "a1")]
    late = {"a1": recommendation(arrived_on="2026-03-03")}
    assert list(example_faults([], late, RUNS, DAY)) == []


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"source_paraphrase_event_id": None}, "row of H whose B and `executed` disagree"),
        ({"source_paraphrase_event_id": "b9"}, "row of H executed without its B"),
        ({"ground_truth": None}, "row of H accepted without its ground truth"),
    ],
)
def test_a_row_that_contradicts_itself_is_named(changes: dict[str, Any], kind: str) -> None:
    assert list(example_faults([example(**changes)], ASKED, RUNS, DAY)) == [(kind, "a1")]


def test_a_row_of_nobody_and_one_of_anothers_run_are_named() -> None:
    found = list(example_faults([example("a2")], {}, RUNS, DAY))
    assert found == [("row of H without its A", "a2"), ("row of H executed by another A's B", "a2")]


def test_numbers_that_agree_are_accounted_for() -> None:
    assert list(account_faults(DAY, COUNTED, KEPT)) == []
    dropped = {"dropped": {"B without its A": 2, "C without its B": 1}, "contradictions": 0}
    assert list(account_faults(DAY, {**COUNTED, "runs": 3}, dropped)) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"runs": 2}, "2 B, 1 in H, 0 dropped"),
        ({"contradictions": 1}, "1 in H, 0 counted"),
    ],
)
def test_numbers_that_do_not_are_told(changes: dict[str, int], words: str) -> None:
    ((_, offender),) = account_faults(DAY, {**COUNTED, **changes}, KEPT)
    assert offender == f"{DAY}: {words}"


def test_rows_of_a_person_who_was_erased_since_are_not_missed() -> None:
    kept = {"dropped": {"B without its A": 2}, "contradictions": 1}
    assert list(account_faults(DAY, COUNTED, kept)) == []


def test_a_run_that_arrived_after_h_was_made_is_let_be() -> None:
    assert list(account_faults(DAY, {**COUNTED, "runs": 2, "late_runs": 1}, KEPT)) == []


def test_a_day_that_was_never_counted_is_told() -> None:
    assert list(account_faults(DAY, COUNTED, None)) == [("day whose H was never counted", DAY)]


REJECTED = selection(accepted=False, selected_index=None)
UNTOLD = [("contradiction that H does not tell", "C c1 of A a1")]
SHOWN_BY_NONE = "row of H that tells a contradiction which C and D do not show"


def told(error: str | None, c: Row, d: dict[str, int | None], until: str = DAY) -> list[Any]:
    made = contradictions([c], d, RUNS, ASKED)
    return list(contradiction_faults([example(error=error)], made, until))


def test_what_c_rejects_and_d_has_chosen_must_stand_in_h() -> None:
    assert told(None, REJECTED, {"d-b1": 0}) == UNTOLD
    assert told("rejected in C but selected in D", REJECTED, {"d-b1": 0}) == []


@pytest.mark.parametrize(
    ("c", "d"),
    [
        (REJECTED, {"d-b1": None}),
        (REJECTED, {}),
        (selection(), {"d-b1": 0}),
        (REJECTED | {"user_id": "u2"}, {"d-b1": 0}),
        (REJECTED | {"source_paraphrase_event_id": "b9"}, {"d-b1": 0}),
    ],
)
def test_h_tells_no_contradiction_that_is_none_or_was_dropped(
    c: Row, d: dict[str, int | None]
) -> None:
    assert told(None, c, d) == []
    assert told("rejected in C but selected in D", c, d) == [(SHOWN_BY_NONE, "a1")]


def test_a_contradiction_that_came_after_h_was_made_is_let_be() -> None:
    late = REJECTED | {"arrived_on": "2026-03-03"}
    assert told(None, late, {"d-b1": 0}) == []
    assert told(None, late, {"d-b1": 0}, until="2026-03-03") == UNTOLD
