from __future__ import annotations

import numpy as np
import pytest

from rec_assets.checks.vectors import Kinds, dimensions, lighten, vector_finding, vector_findings
from resources.packed_arrays import pack
from resources.records import Row

DAY, EARLIER = "2026-01-06", "2026-01-05"
OTHER = "other@2"


def row(length: int, version: str = "static@1", name: str = "r1", arrived: str = DAY) -> Row:
    packed = pack(np.zeros(length, np.float32))
    return {"_id": name, "embedding": packed, "encoder_version": version, "arrived_on": arrived}


def kinds(*rows: Row) -> Kinds:
    counted = Kinds()
    list(lighten(rows, counted, DAY))
    return counted


def several(number: int, length: int = 256, version: str = "static@1", **more: str) -> list[Row]:
    return [row(length, version, f"{version}-{k}", **more) for k in range(number)]


ONE = kinds(*several(3))


@pytest.mark.parametrize("length", [1, 2, 3, 255, 256, 384])
def test_the_length_is_read_off_the_packed_text(length: int) -> None:
    assert dimensions(row(length)["embedding"]) == length


def test_what_is_no_float32_array_has_no_length() -> None:
    assert dimensions("QUJD") == -1
    broken = Kinds()
    broken.add(("static@1", -1), "e7")
    found = vector_finding(broken, Kinds(), 0)
    assert not found.holds
    assert "e7" in found.sentence


def test_rows_are_counted_and_lose_their_vector() -> None:
    counted = Kinds()
    empty = {"_id": "r2", "embedding": None, "encoder_version": None, "arrived_on": DAY}
    assert all("embedding" not in light for light in lighten([row(256), empty], counted, DAY))
    assert counted.counts == {("static@1", 256): 1}
    assert counted.named == {("static@1", 256): ["r1"]}


def test_vectors_of_one_kind_pass() -> None:
    assert vector_finding(ONE, ONE, 1).holds
    assert vector_finding(Kinds(), Kinds(), 3).holds


def test_two_encoders_in_h_are_told_with_their_numbers_and_the_fewer_are_named() -> None:
    found = vector_finding(kinds(*several(3), *several(7, 384, OTHER)), ONE, 0)
    assert not found.holds
    assert "other@2 with 384 dimensions (7), static@1 with 256 dimensions (3)" in found.sentence
    wrong = "vector of static@1 with 256 dimensions in H"
    assert found.offending == {
        wrong: {"faults": 3, "named": ["static@1-0", "static@1-1", "static@1-2"]}
    }


def test_e_may_hold_a_second_encoders_vectors_but_not_two_lengths_of_one() -> None:
    assert vector_finding(ONE, kinds(*several(3), *several(1, 384, OTHER)), 0).holds
    found = vector_finding(ONE, kinds(*several(3), row(128, name="e9")), 0)
    assert not found.holds
    assert "1 × vector of static@1 with 128 dimensions in E (e9)" in found.sentence


def test_of_many_the_first_five_are_named() -> None:
    found = vector_finding(kinds(*several(9), *several(8, 384, OTHER)), Kinds(), 0)
    (named,) = found.offending.values()
    assert named == {"faults": 8, "named": [f"other@2-{k}" for k in range(5)]}


def test_a_late_row_of_another_kind_fails_its_day_and_is_told_with_it() -> None:
    late = kinds(*several(3, arrived=EARLIER), row(384, OTHER, "late"))
    found = vector_finding(late, Kinds(), 0, late=True)
    assert not found.holds
    together = vector_findings(vector_finding(ONE, ONE, 0), {EARLIER: found})
    assert not together.holds
    assert together.sentence.startswith(f"late rows of {EARLIER}: H holds vectors of 2 kinds")
    named = {"faults": 1, "named": ["late"]}
    assert together.offending == {f"vector of other@2 with 384 dimensions in H of {EARLIER}": named}


def test_a_day_on_which_the_encoder_changed_is_not_judged_again_for_a_late_row() -> None:
    changed = several(3, arrived=EARLIER) + several(3, 384, OTHER, arrived=EARLIER)
    again = vector_finding(kinds(*changed, row(384, OTHER, "late")), Kinds(), 0, late=True)
    assert again.holds
    today = vector_finding(ONE, ONE, 0)
    assert vector_findings(today, {EARLIER: again}) == today


def test_nor_for_chains_that_ended_after_midnight() -> None:
    ended = [*several(3, arrived=EARLIER), row(384, OTHER, "late")]
    asked = {"late": {"arrived_on": EARLIER}}  # at two minutes to midnight, accepted after it
    counted = Kinds()
    list(lighten(ended, counted, DAY, asked))
    assert vector_finding(counted, Kinds(), 0, late=True).sentence == "judged on its own day"
