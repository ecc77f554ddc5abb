"""The cut of the context pool, kept: equal to the one that is made, and never believed blindly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from resources import context_pool
from resources.context_pool import open_pool, read_pool, split
from resources.pool_parts import FOLDER

TEXTS = [
    {"text": f"text {number} of the {category} kind", "category": category, "language": "en"}
    for category in ("email", "report")
    for number in range(30)
]


@pytest.fixture
def contexts(tmp_path: Path) -> Path:
    folder = tmp_path / "contexts"
    folder.mkdir()
    write(folder, TEXTS)
    return folder


def write(folder: Path, texts: list[dict[str, str]]) -> None:
    (folder / "en.jsonl").write_text("".join(json.dumps(row) + "\n" for row in texts))


def in_a_new_process(contexts: Path, home: Path) -> context_pool.Pool:
    context_pool._open_pool.cache_clear()
    return open_pool(contexts, home)


def test_the_kept_cut_is_the_one_that_is_made(contexts: Path, tmp_path: Path) -> None:
    made = split(read_pool(contexts))
    assert in_a_new_process(contexts, tmp_path) == made
    assert len(list((tmp_path / FOLDER).iterdir())) == 1
    assert in_a_new_process(contexts, tmp_path) == made


def test_a_second_process_cuts_nothing(
    contexts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = in_a_new_process(contexts, tmp_path)
    monkeypatch.setattr(context_pool, "split", lambda pool: pytest.fail("it was cut again"))
    assert in_a_new_process(contexts, tmp_path) == made


def test_other_texts_are_cut_anew_and_the_old_cut_goes(contexts: Path, tmp_path: Path) -> None:
    in_a_new_process(contexts, tmp_path)
    write(contexts, TEXTS[:40])
    assert in_a_new_process(contexts, tmp_path) == split(read_pool(contexts))
    assert len(list((tmp_path / FOLDER).iterdir())) == 1


@pytest.mark.parametrize(
    "damage", ["", "[[], [], []]", "{}", "[1, 2, 3]", "[[1], [], []]", '[["a"], ["b"], ["c"]]']
)
def test_a_damaged_file_is_made_anew(contexts: Path, tmp_path: Path, damage: str) -> None:
    in_a_new_process(contexts, tmp_path)
    (file,) = (tmp_path / FOLDER).iterdir()
    file.write_text(damage)
    assert in_a_new_process(contexts, tmp_path) == split(read_pool(contexts))


def test_a_home_that_cannot_be_written_costs_time_alone(contexts: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    made = split(read_pool(contexts))
    assert in_a_new_process(contexts, tmp_path / "file") == made
