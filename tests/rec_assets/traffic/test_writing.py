from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rec_assets.personas.persona import TextLength
from rec_assets.traffic.draws import generator
from rec_assets.traffic.writing import Shelf, retouch
from tests.rec_assets.traffic.people import texts

SHELF = Shelf(texts())
LENGTHS = TextLength(20, 60, 120)


@pytest.mark.parametrize("seed", range(20))
def test_a_document_holds_the_selected_text_between_its_neighbours(seed: int) -> None:
    document = SHELF.compose("thesis", "ko", LENGTHS, generator(seed))
    passages = document.text.split("\n")
    place = passages.index(document.selected)
    assert all(passage.startswith("thesis") for passage in passages)
    assert len(set(passages)) == len(passages)
    assert document.before == (passages[place - 1] if place else "")
    assert document.after == "".join(passages[place + 1 : place + 2])


def test_long_texts_are_selected_by_those_who_write_long_ones() -> None:
    def mean(lengths: TextLength) -> float:
        draws = (generator(seed) for seed in range(200))
        return float(
            np.mean([len(SHELF.compose("email", "ko", lengths, d).selected) for d in draws])
        )

    assert mean(TextLength(15, 20, 25)) < mean(TextLength(90, 110, 130)) - 40


def test_the_shelf_says_which_languages_a_category_has() -> None:
    assert SHELF.languages("thesis").tolist() == [True, False, False, False]


@given(st.text(min_size=1, max_size=30))
def test_a_retouched_text_is_another(text: str) -> None:
    assert retouch(text) != text
