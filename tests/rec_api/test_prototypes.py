"""Category vectors: the fitted temperature, the distribution, the way through a store."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rec_api.prototype_rows import load_prototypes, prototypes_row
from rec_api.prototypes import (
    TEMPERATURES,
    Prototypes,
    Vectors,
    category_distribution,
    fit_prototypes,
)
from resources.options import CATEGORIES
from resources.records import PROTOTYPES
from resources.sqlite_log_store import SqliteLogStore

DIMENSION = 16


def unit(rows: np.ndarray) -> Vectors:
    lengths: np.ndarray = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / lengths, dtype=np.float32)


def pool(spread: float, per_group: int = 4) -> tuple[Vectors, list[str], list[str]]:
    """Texts of each category in two languages, scattered around their category by `spread`."""
    rng = np.random.default_rng(7)
    groups = [(c, lang) for c in CATEGORIES for lang in ("ko", "en") for _ in range(per_group)]
    centres = {c: rng.normal(size=DIMENSION) for c in CATEGORIES}
    rows = np.stack([centres[c] + spread * rng.normal(size=DIMENSION) for c, _ in groups])
    return unit(rows), [c for c, _ in groups], [lang for _, lang in groups]


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / length if length else 0.0


def left_out_loss(vectors: np.ndarray, groups: list[tuple[str, str]], tau: float) -> float:
    """Mean −log p(own category), each text judged by means that it is no part of."""
    losses = []
    for i, (category, _) in enumerate(groups):
        best = dict.fromkeys(CATEGORIES, -2.0)
        for group in set(groups):
            others = [vectors[k] for k, g in enumerate(groups) if g == group and k != i]
            found = cosine(vectors[i], np.sum(others, axis=0)) if others else 0.0
            best[group[0]] = max(best[group[0]], found)
        total = sum(exp(value / tau) for value in best.values())
        losses.append(log(total) - best[category] / tau)
    return sum(losses) / len(losses)


@pytest.mark.parametrize(("spread", "per_group"), [(0.3, 3), (0.8, 4), (2.0, 3), (0.8, 1)])
def test_the_temperature_is_the_best_one_with_each_text_left_out(
    spread: float, per_group: int
) -> None:
    vectors, categories, languages = pool(spread, per_group)
    groups = list(zip(categories, languages, strict=True))
    exact = vectors.astype(np.float64)
    losses = [left_out_loss(exact, groups, tau) for tau in TEMPERATURES]
    fitted = fit_prototypes(vectors, categories, languages, "e1")
    assert fitted.temperature == TEMPERATURES[int(np.argmin(losses))]


def test_a_category_without_a_text_is_named_in_a_sentence() -> None:
    vectors, categories, languages = pool(0.5)
    kept = [k for k, c in enumerate(categories) if c not in ("email", "report")]
    with pytest.raises(ValueError, match="no reference text of email, report"):
        fit_prototypes(
            vectors[kept], [categories[k] for k in kept], [languages[k] for k in kept], "e1"
        )


def test_there_is_one_unit_vector_for_each_category_and_language() -> None:
    fitted = fit_prototypes(*pool(0.5), "e1")
    assert fitted.vectors.shape == (14, DIMENSION)
    assert fitted.vectors.dtype == np.float32
    assert np.linalg.norm(fitted.vectors, axis=1) == pytest.approx(1, abs=1e-6)
    assert sorted(fitted.categories) == sorted([*range(7), *range(7)])


@given(st.integers(0, 10_000), st.sampled_from((0.02, 0.1, 0.5)))
def test_the_distribution_is_the_softmax_of_the_best_cosines(seed: int, tau: float) -> None:
    fitted = replace(fit_prototypes(*pool(0.8), "e1"), temperature=tau)
    x = unit(np.random.default_rng(seed).normal(size=DIMENSION))
    best = [
        max(cosine(x, r) for r, k in zip(fitted.vectors, fitted.categories, strict=True) if k == c)
        for c in range(7)
    ]
    shares = [exp(value / tau) for value in best]
    v = category_distribution(x, fitted)
    assert v == pytest.approx([share / sum(shares) for share in shares], abs=1e-4)
    assert (v > 0).all()
    assert v.sum() == pytest.approx(1, abs=1e-12)


def test_a_text_of_a_category_gets_that_category() -> None:
    vectors, categories, languages = pool(0.3)
    fitted = fit_prototypes(vectors, categories, languages, "e1")
    found = [CATEGORIES[int(category_distribution(x, fitted).argmax())] for x in vectors]
    assert found == categories


def test_a_zero_vector_says_nothing() -> None:
    v = category_distribution(np.zeros(DIMENSION, np.float32), fit_prototypes(*pool(0.5), "e1"))
    assert (v == v[0]).all()
    assert v.sum() == pytest.approx(1, abs=1e-12)


def test_repeated_calls_give_the_same_bits() -> None:
    vectors, categories, languages = pool(0.5)
    one, other = (fit_prototypes(vectors, categories, languages, "e1") for _ in range(2))
    assert same(one, other)
    bits = {category_distribution(vectors[3], fitted).tobytes() for fitted in (one, other) * 5}
    assert len(bits) == 1


def same(one: Prototypes, other: Prototypes) -> bool:
    names = ("version", "encoder_version", "temperature")
    return (
        all(getattr(one, name) == getattr(other, name) for name in names)
        and one.vectors.tobytes() == other.vectors.tobytes()
        and (one.categories == other.categories).all()
    )


def test_prototypes_come_back_from_the_store_as_they_were(tmp_path: Path) -> None:
    store, fitted = SqliteLogStore(tmp_path / "log.sqlite"), fit_prototypes(*pool(0.5), "e1")
    store.put(PROTOTYPES, [prototypes_row(fitted, texts=56)])
    found = load_prototypes(store, "e1")
    assert found is not None
    assert same(found, fitted)
    x = pool(0.5)[0][0]
    assert (category_distribution(x, found) == category_distribution(x, fitted)).all()
    store.close()


def test_prototypes_of_another_encoder_are_not_found(tmp_path: Path) -> None:
    store = SqliteLogStore(tmp_path / "log.sqlite")
    store.put(PROTOTYPES, [prototypes_row(fit_prototypes(*pool(0.5), "e1"), texts=56)])
    assert load_prototypes(store, "e2") is None
    store.close()


def test_the_version_names_encoder_and_content() -> None:
    versions = {
        fit_prototypes(*pool(spread), encoder).version
        for spread in (0.5, 0.6)
        for encoder in ("e1", "e2")
    }
    assert len(versions) == 4
