from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from rec_assets.raw.inbox_names import in_order, is_hidden, name_of, path_of, why_refused

COMPOSED = unicodedata.normalize("NFC", "사용량 é.jsonl")
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)


@pytest.mark.parametrize(
    "name",
    [
        "１月　export.jsonl",
        "a\u00a0b.json",
        "a\u202fb.json",
        "사용량.jsonl",
        "a\u200db",
        "a...b.json",
    ],
)
def test_a_name_that_people_write_is_taken(name: str) -> None:
    assert why_refused(name) == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a\nb.json", "control character"),
        ("a\x7f", "control character"),
        ("a\x85.json", "control character"),
        (b"caf\xe9.json".decode("utf-8", "surrogateescape"), "bytes that are no UTF-8"),
    ],
)
def test_a_name_that_nothing_can_hold_is_refused_with_what_to_do(name: str, words: str) -> None:
    assert words in why_refused(name)
    assert why_refused(name).endswith("rename it")


def test_a_hidden_name_begins_with_a_dot() -> None:
    assert is_hidden(".a.part")
    assert not is_hidden("a.part")


def test_both_forms_of_a_name_are_one(tmp_path: Path) -> None:
    assert COMPOSED != DECOMPOSED
    assert name_of(tmp_path / DECOMPOSED) == name_of(tmp_path / COMPOSED) == COMPOSED


def test_the_file_of_a_name_is_found_in_whatever_form_it_lies_there(tmp_path: Path) -> None:
    assert path_of(tmp_path / "gone", COMPOSED) == tmp_path / "gone" / COMPOSED
    assert path_of(tmp_path, COMPOSED) == tmp_path / COMPOSED
    (tmp_path / DECOMPOSED).touch()
    assert path_of(tmp_path, COMPOSED) == tmp_path / DECOMPOSED
    (tmp_path / COMPOSED).touch()
    assert path_of(tmp_path, COMPOSED) == tmp_path / COMPOSED
    assert in_order(tmp_path.iterdir()) == [tmp_path / COMPOSED, tmp_path / DECOMPOSED]
