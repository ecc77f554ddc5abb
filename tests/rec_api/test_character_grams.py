"""Character grams: what counts as one, which are known, how they weigh."""

from __future__ import annotations

from collections import Counter
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rec_api.character_grams import READ_CHARACTERS, gram_keys, learn_vocabulary, weigh

ANY_TEXT = st.text(st.characters(), max_size=60)  # lone surrogates and NUL included
LETTERS = st.text("가나다 a.", max_size=30)


def grams_by_loops(text: str) -> list[str]:
    spaced = f" {' '.join(text.split())} "
    return [spaced[i : i + n] for n in range(1, 5) for i in range(len(spaced) - n + 1)]


@given(LETTERS, LETTERS)
def test_two_grams_share_a_key_only_if_they_are_one(one: str, other: str) -> None:
    texts = [one, other]
    named = [Counter(grams_by_loops(text)) for text in texts]
    keyed = [Counter(gram_keys(text).tolist()) for text in texts]
    assert [sorted(c.values()) for c in named] == [sorted(c.values()) for c in keyed]
    assert len(named[0].keys() & named[1].keys()) == len(keyed[0].keys() & keyed[1].keys())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sales 2024", "sales 1999"),
        ("매출\n\t 보고", "매출 보고"),
        ("ＡＢＣ", "abc"),
        ("한글", "\u1112\u1161\u11ab\u1100\u1173\u11af"),
    ],
)
def test_case_width_blanks_and_digits_make_no_difference(one: str, other: str) -> None:
    assert (gram_keys(one) == gram_keys(other)).all()


def test_endings_and_punctuation_make_a_difference() -> None:
    assert set(gram_keys("비교하였다.").tolist()) != set(gram_keys("비교했어요!").tolist())


@given(ANY_TEXT)
def test_any_text_has_keys(text: str) -> None:
    assert gram_keys(text).dtype == np.uint64


def test_the_head_of_a_long_document_is_read() -> None:
    head = "가" * READ_CHARACTERS
    assert (gram_keys(head + "나" * 500) == gram_keys(head)).all()


def test_a_gram_is_known_from_its_third_text_on() -> None:
    texts = [gram_keys(text) for text in ("가나", "가다 가", "가나", "라")]
    vocabulary = learn_vocabulary(texts)
    known = {ord("가"), ord(" ") << 16 | ord("가"), ord(" ")}
    assert set(vocabulary.keys.tolist()) == known
    assert (np.diff(vocabulary.keys.astype(object)) > 0).all()
    places = {int(key): k for k, key in enumerate(vocabulary.keys)}
    assert vocabulary.rarity[places[ord("가")]] == pytest.approx(log(5 / 4) + 1)
    assert vocabulary.rarity[places[ord(" ")]] == pytest.approx(1)


@given(st.lists(LETTERS, min_size=3, max_size=8), LETTERS)
def test_weights_are_damped_counts_times_rarity_at_length_one(texts: list[str], text: str) -> None:
    vocabulary = learn_vocabulary([gram_keys(one) for one in texts])
    counts = Counter(gram_keys(text).tolist())
    weights = {
        place: (1 + log(counts[key])) * float(vocabulary.rarity[place])
        for place, key in enumerate(vocabulary.keys.tolist())
        if key in counts
    }
    length = sum(weight**2 for weight in weights.values()) ** 0.5
    grams = weigh(gram_keys(text), vocabulary)
    assert grams.places.tolist() == sorted(weights)
    expected = [weights[place] / length for place in sorted(weights)]
    assert grams.weights == pytest.approx(expected)


def test_an_empty_vocabulary_knows_nothing() -> None:
    vocabulary = learn_vocabulary([gram_keys("가")])
    assert not len(vocabulary.keys)
    assert not len(weigh(gram_keys("가"), vocabulary).places)
