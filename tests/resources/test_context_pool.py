from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.context_pool import (
    GRAM,
    NEAR,
    Context,
    ContextPoolError,
    Pool,
    near_duplicates,
    open_pool,
    read_pool,
    split,
)  # fmt: skip
from resources.settings import Settings

POOL = read_pool(Settings().contexts)


@cache
def cut() -> Pool:
    return split(POOL)


def line(**fields: object) -> str:
    return json.dumps({"text": "A text.", "category": "email", "language": "en", **fields})


def near_pairs(texts: list[str]) -> np.ndarray:
    """Pairs that share more than 60 % of the smaller one's grams: counted the plain way."""
    from sklearn.feature_extraction.text import CountVectorizer

    counts = CountVectorizer(analyzer="char", ngram_range=(GRAM, GRAM), binary=True)
    matrix = counts.fit_transform(" ".join(text.split()) for text in texts).astype(np.int32)
    sizes, pairs = matrix.sum(axis=1).A1, []
    for start in range(0, len(texts), 1_000):
        shared = (matrix[start : start + 1_000] @ matrix.T).tocoo()
        rows = shared.row + start
        near = shared.data > (NEAR + 1e-9) * np.minimum(sizes[rows], sizes[shared.col])
        pairs.append(np.column_stack([rows[near], shared.col[near]]))
    return np.concatenate(pairs)


def parts_of(pool: Pool) -> tuple[tuple[Context, ...], ...]:
    return pool.reference, pool.bots, pool.judge


def part_of(pool: Pool) -> dict[str, int]:
    return {context.text: n for n, part in enumerate(parts_of(pool)) for context in part}


def test_no_text_of_one_part_is_near_a_text_of_another() -> None:
    parts = part_of(cut())
    texts = sorted(parts)
    owner = np.array([parts[text] for text in texts])
    near = near_pairs(texts)
    assert (owner[near[:, 0]] == owner[near[:, 1]]).all()
    assert len(parts) == len({context.hash for context in POOL})


def test_every_category_and_language_is_cut_in_the_same_proportions() -> None:
    parts = cut()
    for category, language in sorted({(c.category, c.language) for c in POOL}):
        sizes = [
            sum((c.category, c.language) == (category, language) for c in part)
            for part in (parts.reference, parts.bots, parts.judge)
        ]
        assert np.array(sizes) / sum(sizes) == pytest.approx([0.5, 0.3, 0.2], abs=0.05)


def test_the_split_depends_on_the_texts_alone() -> None:
    assert cut() == split(POOL[::-1])


def test_a_new_text_moves_no_more_than_its_neighbours_at_the_cuts() -> None:
    before = part_of(cut())
    after = part_of(split([*POOL, Context("Hi, all!", "email", "en")]))
    assert sum(before[text] != after[text] for text in before) <= 2


def test_near_duplicates_go_together_and_chains_of_them_too() -> None:
    texts = [
        "The meeting on Monday moves to three o'clock in the large room.",
        "Please send the figures for the second quarter by Friday noon.",
        "The meeting on Monday moves to four o'clock in the large room.",
        "The meeting on Monday moves to four o'clock in the small hall today.",
    ]
    assert near_duplicates(texts) == [[0, 2, 3], [1]]


@given(st.lists(st.text("ab", min_size=GRAM, max_size=30), min_size=1, max_size=12))
def test_the_groups_are_those_of_every_pair_compared(texts: list[str]) -> None:
    groups = [{k} for k in range(len(texts))]
    for one, other in near_pairs(texts):
        (left,), (right,) = ([g for g in groups if k in g] for k in (one, other))
        if left is not right:
            groups = [g for g in groups if g not in (left, right)] + [left | right]
    assert near_duplicates(texts) == sorted(sorted(group) for group in groups)


def test_a_pool_is_cut_once_until_a_file_of_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "en.jsonl"
    file.write_text(line() + "\n")
    once = open_pool(tmp_path)
    assert open_pool(tmp_path) is once
    file.write_text(line() + "\n" + line(text="Another one.") + "\n")
    assert sum(map(len, parts_of(open_pool(tmp_path)))) == 2


def test_a_text_that_occurs_twice_is_kept_once() -> None:
    pool = [Context("A  text.", "email", "en"), Context("a text.", "email", "en")]
    assert sum(map(len, parts_of(split(pool)))) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "en.jsonl, line 2 is not JSON: .* column 1"),
        ("[]", "line 2 is not an object"),
        (line(text=" "), "line 2: text is missing"),
        (line(category="essay"), "category is 'essay'; it must be one of thesis, report"),
        (line(language="fr"), "language is 'fr'"),
        (line(language=3), "language is missing or not a text"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, content: str, sentence: str) -> None:
    (tmp_path / "en.jsonl").write_text(f"{line()}\n{content}\n", encoding="utf-8")
    with pytest.raises(ContextPoolError, match=sentence):
        read_pool(tmp_path)


def test_other_encodings_and_empty_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(ContextPoolError, match=r"holds no \.jsonl file"):
        read_pool(tmp_path)
    (tmp_path / "ko.jsonl").write_bytes(line().encode() + b"\n\xff\xfe")
    with pytest.raises(ContextPoolError, match="not UTF-8"):
        read_pool(tmp_path)
