"""The 84 options: their ids, their order, and the ranking that breaks ties by id."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from resources.options import (
    CATEGORIES,
    CATEGORY_SYNONYMS,
    INTENSITIES,
    LANGUAGES,
    OPTION_INDEX,
    OPTIONS,
    parse_option,
    ranking,
)
from resources.preferences import Floats

IDS = [option.id for option in OPTIONS]


def test_there_are_84_different_options() -> None:
    assert (
        len(set(IDS)) == len(OPTIONS) == len(CATEGORIES) * len(INTENSITIES) * len(LANGUAGES) == 84
    )


def test_options_lie_in_a_grid_of_category_intensity_language() -> None:
    shape = (len(CATEGORIES), len(INTENSITIES), len(LANGUAGES))
    for position, option in enumerate(OPTIONS):
        c, i, lang = np.unravel_index(position, shape)
        assert option == (CATEGORIES[c], INTENSITIES[i], LANGUAGES[lang])
        assert OPTION_INDEX[option] == position


@given(st.sampled_from(OPTIONS))
def test_an_id_comes_back_as_its_option(option: tuple[str, str, str]) -> None:
    assert parse_option("/".join(option)) == option


@pytest.mark.parametrize("wrong", ["", "thesis", "general/weak/ko", "thesis/weak/ko/", "a/b/c"])
def test_what_is_no_option_is_refused_with_a_sentence(wrong: str) -> None:
    with pytest.raises(ValueError, match="is not an option: an id is category/intensity/language"):
        parse_option(wrong)


def test_the_editors_words_stand_for_categories() -> None:
    assert set(CATEGORY_SYNONYMS.values()) <= set(CATEGORIES)
    assert not set(CATEGORY_SYNONYMS) & set(CATEGORIES)


@given(arrays(np.float64, 84, elements=st.sampled_from((0.0, 0.1, 0.2)) | st.floats(0, 1)))
def test_the_ranking_is_best_first_and_equal_scores_by_id(scores: Floats) -> None:
    wanted = sorted(range(84), key=lambda k: (-scores[k], IDS[k]))
    assert ranking(scores).tolist() == wanted


def test_options_of_one_score_are_in_the_order_of_their_ids() -> None:
    assert [IDS[k] for k in ranking(np.full(84, 1 / 84))] == sorted(IDS)
