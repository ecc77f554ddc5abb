"""`recwheel train-encoder`: the same text gives the same bytes, and what is missing is said."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from personas_data.encoder.corpus import TRAINING_FILE, read_rows
from resources.context_pool import read_pool
from resources.encoder import COMMITTED_FOLDER, TABLE_FILE, TOKENIZER_FILE, StaticEncoder
from resources.settings import REPOSITORY
from tests.rec_assets.command_line import recwheel, recwheel_json

FEW_STEPS = ("--steps", "2")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small training text: the pool's texts, those of one topic a document."""
    folder = tmp_path_factory.mktemp("data")
    contexts = read_pool(REPOSITORY / "personas_data" / "contexts")[:400]
    topics = sorted({context.topic for context in contexts})
    with gzip.open(folder / TRAINING_FILE, "wt", encoding="utf-8") as lines:
        for context in contexts:
            row = {"text": context.text, "source": "pool", "lang": context.language,
                   "genre": context.category, "kind": "adjacent",
                   "doc": topics.index(context.topic)}  # fmt: skip
            lines.write(json.dumps(row) + "\n")
    return folder


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("trained") / "encoder"
    done = recwheel(
        out.parent, "train-encoder", "--out", str(out), *FEW_STEPS, REC_TRAINING_DATA=str(data)
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "is not the committed static@" in " ".join(done.stdout.split())
    return out


def test_the_same_text_gives_the_same_bytes(trained: Path, data: Path, tmp_path: Path) -> None:
    answer = recwheel_json(tmp_path, "train-encoder", *FEW_STEPS, REC_TRAINING_DATA=str(data))
    again = tmp_path / "encoder"
    assert answer["folder"] == str(again)
    assert (again / TABLE_FILE).read_bytes() == (trained / TABLE_FILE).read_bytes()
    assert answer["version"] == StaticEncoder(trained).version
    assert answer["committed"] == StaticEncoder(COMMITTED_FOLDER).version
    assert not answer["equal"]


def test_the_committed_pieces_are_kept_to_the_byte(trained: Path) -> None:
    made, committed = (folder / TOKENIZER_FILE for folder in (trained, COMMITTED_FOLDER))
    assert made.read_bytes() == committed.read_bytes()


def test_the_folder_is_an_encoder_of_the_committed_kind(trained: Path) -> None:
    encoder = StaticEncoder(trained)
    assert encoder.dimension == StaticEncoder(COMMITTED_FOLDER).dimension
    assert encoder.encode(["이번 분기 매출이 늘었습니다."]).any()


def test_without_a_setting_the_folder_is_asked_for(tmp_path: Path) -> None:
    done = recwheel(tmp_path, "train-encoder")
    assert done.returncode == 1
    assert f"name the folder that holds {TRAINING_FILE}" in " ".join(done.stderr.split())


def test_a_folder_without_the_text_is_named(tmp_path: Path) -> None:
    done = recwheel(tmp_path, "train-encoder", REC_TRAINING_DATA=str(tmp_path))
    assert done.returncode == 1
    assert f"there is no {TRAINING_FILE} in" in " ".join(done.stderr.split())


def test_a_text_that_cannot_be_read_ends_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / TRAINING_FILE).write_text("not gzip")
    done = recwheel(tmp_path, "train-encoder", REC_TRAINING_DATA=str(tmp_path))
    assert done.returncode == 1
    assert "recwheel: training ended with status 1" in " ".join(done.stderr.split())


def test_rows_of_a_document_stand_together(data: Path) -> None:
    documents = [row.doc for row in read_rows(data / TRAINING_FILE)]
    assert documents == sorted(documents)
