from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.row_content import content_of, differences


def rows(**numbers: int) -> list[dict[str, object]]:
    return [{"key": key, "n": n} for key, n in sorted(numbers.items())]


def test_equal_rows_have_one_digest_whatever_the_order_of_their_fields() -> None:
    assert content_of([{"key": "a", "n": 1}]) == content_of([{"n": 1, "key": "a"}])
    assert content_of(rows(a=1)) != content_of(rows(a=2))
    assert content_of(rows(a=1, b=2)).rows == 2


def test_what_is_missing_other_and_too_much_is_told_in_order() -> None:
    found = differences(rows(a=1, b=2, d=4), rows(b=3, c=3, d=4, e=5), "key")
    told = [(d.key, d.wanted is not None, d.standing is not None) for d in found]
    assert told == [("a", True, False), ("b", True, True), ("c", False, True), ("e", False, True)]


def test_true_is_not_one() -> None:
    assert [d.key for d in differences([{"key": "a", "n": 1}], [{"key": "a", "n": True}], "key")]


def test_rows_that_do_not_ascend_are_refused() -> None:
    with pytest.raises(ValueError, match="'a' comes after 'b'"):
        list(differences(rows(b=1) + rows(a=1), [], "key"))


numbered = st.dictionaries(st.text(max_size=2), st.integers(0, 2), max_size=8)


@given(wanted=numbered, standing=numbered)
def test_doing_what_is_told_makes_them_equal(
    wanted: dict[str, int], standing: dict[str, int]
) -> None:
    state = dict(standing)
    for key, one, _ in differences(rows(**wanted), rows(**standing), "key"):
        if one is None:
            del state[key]
        else:
            state[key] = one["n"]
    assert state == wanted
