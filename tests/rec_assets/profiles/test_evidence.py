"""Evidence by day: the same counts in whatever order, as a session-by-session oracle has them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rec_assets.profiles.evidence import (
    Cells,
    FoldedDay,
    cells_of,
    days_between,
    evidence_at,
    fold,
    replace_day,
    totals,
)
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES, OPTION_INDEX, OPTIONS, Option
from resources.preferences import Evidence
from tests.builders import example
from tests.rec_assets.profiles.histories import Session, cells, day_after, histories, sessions

Kept = tuple[dict[str, Cells], dict[str, Any] | None]
ACCEPTED = Session(OPTIONS[0], "ko", accepted=True, changed=False, simulated=False)


def oracle(history: dict[str, list[Session]], day: str) -> Evidence:
    """Every session on its own: its weight, halved for every fourteen days it is old."""
    ci, ltl, n = np.zeros((7, 3)), np.zeros((4, 4)), 0.0
    for past, of_day in history.items():
        age = days_between(past, day)
        for option, text_language, accepted, changed, _ in of_day if age >= 0 else ():
            worth = (1.0 if accepted else 0.6) * (1.5 if changed else 1.0) * 2 ** (-age / 14)
            ci[CATEGORIES.index(option.category), INTENSITIES.index(option.intensity)] += worth
            if text_language is not None:
                ltl[LANGUAGES.index(text_language), LANGUAGES.index(option.language)] += worth
            n += 2 ** (-age / 14)
    return Evidence(ci, ltl, n)


def assert_same(found: Evidence, wanted: Evidence, within: float) -> None:
    assert found.ci == pytest.approx(wanted.ci, abs=within)
    assert found.ltl == pytest.approx(wanted.ltl, abs=within)
    assert found.n == pytest.approx(wanted.n, abs=within)


def lived(history: dict[str, list[Session]]) -> Kept:
    """The days added one after the other, folded after each."""
    kept: Kept = ({}, None)
    for day in sorted(history):
        kept = fold(replace_day(*kept, day, cells(history[day])), kept[1], day)
    return kept


@given(histories(last=139), st.integers(0, 160).map(day_after))
def test_decayed_sums_equal_those_of_single_sessions(
    history: dict[str, list[Session]], day: str
) -> None:
    by_day = {past: cells(of_day) for past, of_day in history.items()}
    assert_same(evidence_at(by_day, None, day), oracle(history, day), within=1e-12)


@given(histories(last=700))
def test_folding_keeps_decayed_counts_and_totals(history: dict[str, list[Session]]) -> None:
    evidence, base = lived(history)
    last = max(history)
    assert all(days_between(day, last) <= 140 for day in evidence)
    assert_same(evidence_at(evidence, base, last), oracle(history, last), within=1e-9)
    everything = [session for of_day in history.values() for session in of_day]
    flags = [(1, s.accepted, s.simulated) for s in everything]
    assert totals(evidence, base) == tuple(map(sum, zip(*flags, strict=True)))


@given(histories(last=700))
def test_days_folded_at_once_give_the_bits_of_days_folded_one_by_one(
    history: dict[str, list[Session]],
) -> None:
    last = max(history)
    by_day = {day: cells(history[day]) for day in sorted(history)}
    assert lived(history) == fold(by_day, None, last)


def test_a_day_is_folded_when_it_is_more_than_140_days_old() -> None:
    by_day = {day_after(0): cells([ACCEPTED]), day_after(1): cells([ACCEPTED] * 2)}
    assert fold(by_day, None, day_after(140)) == (by_day, None)
    evidence, base = fold(by_day, None, day_after(141))
    assert list(evidence) == [day_after(1)]
    assert base is not None
    assert (base["day"], base["n"], base["totals"]) == (day_after(0), 1.0, [1, 1, 0])


def test_a_day_in_the_base_cannot_be_redone() -> None:
    evidence, base = lived({day_after(k): [ACCEPTED] for k in (0, 10, 300)})
    assert base is not None
    for day in (day_after(0), day_after(10)):
        with pytest.raises(FoldedDay, match=f"{day} is folded into the base of {day_after(10)}"):
            replace_day(evidence, base, day, cells([ACCEPTED]))


def test_the_day_after_the_base_can_be_redone() -> None:
    evidence, base = lived({day_after(k): [ACCEPTED] for k in (0, 10, 300)})
    assert day_after(11) in replace_day(evidence, base, day_after(11), cells([ACCEPTED]))


@given(st.lists(sessions, max_size=9), st.randoms(use_true_random=False))
def test_cells_count_sessions_in_one_order(done: list[Session], dice: Any) -> None:
    found = cells(done)
    assert found == sorted(found) == cells(dice.sample(done, len(done)))
    assert sum(cell[-1] for cell in found) == len(done)
    assert len({tuple(cell[:-1]) for cell in found}) == len(found)


def test_a_cell_says_what_was_executed_and_what_became_of_it() -> None:
    row = example(language="ja", text_language=None, changed=True, origin="simulation")
    option = OPTION_INDEX[Option("thesis", "strong", "ja")]
    assert cells_of([row, row]) == [[option, -1, 1, 1, 1, 2]]


def test_what_was_not_executed_is_no_evidence() -> None:
    left = example(executed=False, category=None, intensity=None, language=None, accepted=False)
    assert cells_of([left]) == []


def test_an_emptied_day_is_gone() -> None:
    by_day = replace_day({}, None, day_after(3), cells([ACCEPTED]))
    assert replace_day(by_day, None, day_after(3), []) == {}


def test_days_to_come_do_not_count() -> None:
    by_day = {day_after(5): cells([ACCEPTED])}
    assert evidence_at(by_day, None, day_after(4)).n == 0
    assert evidence_at(by_day, None, day_after(5)).n == 1


def test_nothing_amounts_to_nothing() -> None:
    assert_same(evidence_at({}, None, day_after(0)), Evidence.none(), within=0)
    assert totals({}, None) == (0, 0, 0)


def test_days_are_counted_across_a_leap_day() -> None:
    assert days_between("2024-02-28", "2024-03-01") == 2
    assert days_between("2026-03-02", "2026-03-01") == -1
