"""Category vectors: the distribution, and the way through a store."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from math import exp
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rec_api.character_grams import gram_keys, weigh
from rec_api.prototype_rows import load_prototypes, prototypes_row
from rec_api.prototypes import Prototypes, category_distribution
from rec_assets.prototypes.prototype_fit import fit_prototypes
from resources.options import CATEGORIES
from resources.records import PROTOTYPES
from resources.sqlite_log_store import SqliteLogStore
from tests.rec_api.category_texts import DIMENSION, reference, unit

ANY_TEXT = st.text(st.characters(), max_size=60)


@cache
def fitted_once() -> Prototypes:
    return fit_prototypes(*reference(0.8), "e1")


def distribution_by_loops(text: str, x: np.ndarray, fitted: Prototypes) -> list[float]:
    grams = weigh(gram_keys(text), fitted.vocabulary)
    scores = []
    for c in range(len(CATEGORIES)):
        meaning = sum(float(a) * float(b) for a, b in zip(fitted.vectors[c], x, strict=True))
        pairs = zip(grams.places, grams.weights, strict=True)
        manner = sum(float(fitted.gram_vectors[place, c]) * weight for place, weight in pairs)
        scores.append((meaning + manner) / fitted.temperature)
    shares = [exp(score - max(scores)) for score in scores]
    return [share / sum(shares) for share in shares]


@given(st.integers(0, 10_000), ANY_TEXT | st.sampled_from(reference(0.8)[0]))
def test_the_distribution_is_the_softmax_of_both_products(seed: int, text: str) -> None:
    fitted = replace(fitted_once(), temperature=0.1)
    x = unit(np.random.default_rng(seed).normal(size=DIMENSION))
    v = category_distribution(text, x, fitted)
    assert v == pytest.approx(distribution_by_loops(text, x, fitted), abs=1e-9)
    assert (v > 0).all()
    assert v.sum() == pytest.approx(1, abs=1e-12)


def test_a_text_of_a_category_gets_that_category() -> None:
    texts, vectors, categories, languages = reference(0.3)
    fitted = fit_prototypes(texts, vectors, categories, languages, "e1")
    found = [
        CATEGORIES[int(category_distribution(text, x, fitted).argmax())]
        for text, x in zip(texts, vectors, strict=True)
    ]
    assert found == categories


def test_the_ending_tells_where_the_vector_does_not() -> None:
    silent = np.zeros(DIMENSION, np.float32)
    thesis, email = (
        category_distribution(text, silent, fitted_once())
        for text in ("점검하였다.", "점검합니다.")
    )
    assert thesis[0] > email[0]


def test_an_unknown_text_with_a_zero_vector_says_nothing() -> None:
    v = category_distribution("", np.zeros(DIMENSION, np.float32), replace_blank(fitted_once()))
    assert (v == v[0]).all()
    assert v.sum() == pytest.approx(1, abs=1e-12)


def replace_blank(fitted: Prototypes) -> Prototypes:
    """The same without grams: the ends of an empty text are blanks, which are known."""
    return replace(
        fitted,
        vocabulary=type(fitted.vocabulary)(np.empty(0, np.uint64), np.empty(0, np.float32)),
        gram_vectors=np.empty((0, len(CATEGORIES)), np.float32),
    )


def test_a_long_document_goes_through_the_same_vectors() -> None:
    texts, vectors, categories, _ = reference(0.8)
    k = categories.index("thesis")
    v = category_distribution(" ".join([texts[k]] * 2_000), vectors[k], fitted_once())
    assert v.argmax() == CATEGORIES.index("thesis")
    assert (v > 0).all()


def test_repeated_calls_give_the_same_bits() -> None:
    texts, vectors, _, _ = reference(0.8)
    again = fit_prototypes(*reference(0.8), "e1")
    assert same(again, fitted_once())
    bits = {
        category_distribution(texts[3], vectors[3], p).tobytes() for p in (again, fitted_once()) * 5
    }
    assert len(bits) == 1


def same(one: Prototypes, other: Prototypes) -> bool:
    def plain(value: object) -> object:
        return value.tobytes() if isinstance(value, np.ndarray) else value

    def content(prototypes: Prototypes) -> list[object]:
        values = [getattr(prototypes, field.name) for field in fields(prototypes)]
        return [[plain(v) for v in one] if isinstance(one, tuple) else plain(one) for one in values]

    return content(one) == content(other)


def test_prototypes_come_back_from_the_store_as_they_were(tmp_path: Path) -> None:
    store = SqliteLogStore(tmp_path / "log.sqlite")
    store.put(PROTOTYPES, [prototypes_row(fitted_once(), texts=56)])
    found = load_prototypes(store, "e1")
    assert found is not None
    assert same(found, fitted_once())
    texts, vectors, _, _ = reference(0.8)
    v = category_distribution(texts[0], vectors[0], found)
    assert (v == category_distribution(texts[0], vectors[0], fitted_once())).all()
    store.close()


def test_prototypes_of_another_encoder_or_definition_are_not_found(tmp_path: Path) -> None:
    store = SqliteLogStore(tmp_path / "log.sqlite")
    row = prototypes_row(fitted_once(), texts=56)
    store.put(PROTOTYPES, [row, row | {"_id": "old", "features": "mean vectors"}])
    old = {key: value for key, value in row.items() if key != "features"}
    store.put(PROTOTYPES, [old | {"_id": "older"}])
    assert [load_prototypes(store, version) for version in ("e2", "old", "older")] == [None] * 3
    store.close()
