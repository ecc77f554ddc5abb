from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from rec_assets.checks.vectors import dimensions, lighten, vector_finding
from resources.packed_arrays import pack
from resources.records import Row

ONE = Counter({("static@1", 256): 3})


def row(length: int, version: str = "static@1") -> Row:
    return {"embedding": pack(np.zeros(length, np.float32)), "encoder_version": version}


@pytest.mark.parametrize("length", [1, 2, 3, 255, 256, 384])
def test_the_length_is_read_off_the_packed_text(length: int) -> None:
    assert dimensions(row(length)["embedding"]) == length


def test_what_is_no_float32_array_has_no_length() -> None:
    assert dimensions("QUJD") == -1
    assert not vector_finding(Counter({("static@1", -1): 1}), Counter(), 0).holds


def test_rows_are_counted_and_lose_their_vector() -> None:
    kinds: Counter[tuple[str, int]] = Counter()
    empty = {"embedding": None, "encoder_version": None}
    assert all("embedding" not in light for light in lighten([row(256), empty], kinds))
    assert kinds == {("static@1", 256): 1}


def test_vectors_of_one_kind_pass() -> None:
    assert vector_finding(ONE, ONE, 1).holds
    assert vector_finding(Counter(), Counter(), 3).holds


def test_two_encoders_in_h_are_named_with_their_numbers() -> None:
    found = vector_finding(ONE + Counter({("other@2", 384): 5}), ONE, 0)
    assert not found.holds
    assert "other@2 with 384 dimensions (5), static@1 with 256 dimensions (3)" in found.sentence


def test_e_may_hold_a_second_encoders_vectors_but_not_two_lengths_of_one() -> None:
    assert vector_finding(ONE, ONE + Counter({("other@2", 384): 1}), 0).holds
    assert not vector_finding(ONE, ONE + Counter({("static@1", 128): 1}), 0).holds
