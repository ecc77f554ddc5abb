from __future__ import annotations

import pytest
from msgspec.structs import replace

from rec_assets.personas.persona import Persona
from rec_assets.personas.persona_checks import complete
from rec_assets.personas.shift import in_words, share_shift
from tests.rec_assets.traffic.people import entry


def listed(**shares: float) -> list[Persona]:
    personas = complete([entry(name, "thesis", "weak") for name in shares])
    return [replace(p, share=share) for p, share in zip(personas, shares.values(), strict=True)]


def test_the_distance_is_the_share_of_people_who_are_in_another_persona() -> None:
    before = listed(A=0.5, B=0.3, C=0.2)
    assert share_shift(before, before).distance == 0
    assert share_shift(before, listed(C=0.2, B=0.4, A=0.4)).distance == pytest.approx(0.1)
    assert share_shift(before, listed(A=0.5, B=0.3, D=0.2)).distance == pytest.approx(0.2)
    assert share_shift(before, listed(D=1.0)).distance == pytest.approx(1)


def test_shares_count_by_their_sum_whoever_was_taken_out_of_the_list() -> None:
    assert share_shift(listed(A=0.4, B=0.4), listed(A=0.5, B=0.5)).distance == pytest.approx(0)


def test_the_largest_moves_are_told_first_and_the_least_not_at_all() -> None:
    shift = share_shift(listed(A=0.5, B=0.3, C=0.2), listed(A=0.502, B=0.098, D=0.4))
    assert in_words(shift.moves) == "D new 0.40, B 0.30 → 0.10, C 0.20 → gone"
    assert in_words(share_shift(listed(A=1.0), listed(A=1.0)).moves) == "none by a hundredth"


def test_a_sentence_names_no_more_than_five() -> None:
    names = "ABCDEFG"
    moved = share_shift(listed(X=1.0), listed(**dict.fromkeys(names, 1 / len(names))))
    assert in_words(moved.moves).endswith("D new 0.14, and 3 smaller ones")
