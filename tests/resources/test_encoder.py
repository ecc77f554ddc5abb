import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from resources.encoder import (
    COMMITTED_FOLDER,
    TABLE_FILE,
    TOKENIZER_FILE,
    Encoder,
    StaticEncoder,
    open_encoder,
    read_table,
)

SENTENCES = (
    "이번 분기 매출이 지난해보다 크게 늘었습니다.",
    "We thank you for your order and will answer within two days.",
    "本研究では新しい手法を提案する。",
    "本文提出了一种新方法。",
    "React 컴포넌트를\n렌더링합니다 123",
    "",
)
TOKENIZER = Tokenizer.from_file(str(COMMITTED_FOLDER / TOKENIZER_FILE))
TABLE = read_table((COMMITTED_FOLDER / TABLE_FILE).read_bytes())
ANY_TEXT = st.text(st.characters(), max_size=80)  # lone surrogates and NUL included


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return StaticEncoder(COMMITTED_FOLDER)


@given(text=ANY_TEXT)
def test_a_row_has_length_one_or_zero(encoder: Encoder, text: str) -> None:
    vectors = encoder.encode([text])
    assert vectors.shape == (1, encoder.dimension)
    assert vectors.dtype == np.float32
    length = np.linalg.norm(vectors[0].astype(np.float64))
    assert length == 0 or length == pytest.approx(1, abs=1e-6)


@given(texts=st.lists(ANY_TEXT | st.sampled_from(SENTENCES), max_size=6))
def test_a_batch_gives_the_same_bits_as_single_texts(encoder: Encoder, texts: list[str]) -> None:
    singles = [encoder.encode([text])[0].tobytes() for text in texts]
    assert [row.tobytes() for row in encoder.encode(texts)] == singles


def test_concurrent_calls_give_the_same_bits(encoder: Encoder) -> None:
    expected = encoder.encode(SENTENCES).tobytes()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: encoder.encode(SENTENCES).tobytes(), range(200)))
    assert set(answers) == {expected}


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimension)


@pytest.mark.parametrize("text", ["", " \n", "\ud800", "\U00013000"])
def test_a_text_without_a_known_piece_is_a_zero_row(encoder: Encoder, text: str) -> None:
    assert not encoder.encode([text]).any()


def test_a_lone_surrogate_reads_as_the_replacement_character(encoder: Encoder) -> None:
    broken, replaced = encoder.encode(["매출 \udc00 보고", "매출 \ufffd 보고"])
    assert broken.tobytes() == replaced.tobytes()


@given(text=st.text(max_size=80))
def test_a_row_is_the_direction_of_the_tokenizers_pieces(encoder: Encoder, text: str) -> None:
    pieces = TOKENIZER.encode(text, add_special_tokens=False).ids
    summed = TABLE[pieces].astype(np.float64).sum(axis=0)
    (row,) = encoder.encode([text])
    assert row * np.linalg.norm(summed) == pytest.approx(summed, abs=1e-4)


def test_white_space_and_case_do_not_matter(encoder: Encoder) -> None:
    plain, spaced = encoder.encode(["sales report", " Sales\n\tREPORT "])
    assert plain.tobytes() == spaced.tobytes()


def test_related_sentences_are_nearer_than_unrelated_ones(encoder: Encoder) -> None:
    order, parcel, theorem = encoder.encode(
        [
            "주문한 상품이 아직 도착하지 않았어요",
            "배송이 언제 오는지 알려주세요",
            "모델의 정확도를 비교하였다",
        ]
    )
    assert order @ parcel > order @ theorem + 0.1


def test_the_version_follows_the_content(encoder: Encoder, tmp_path: Path) -> None:
    for name in ("tokenizer.json", "model.safetensors"):
        shutil.copy(COMMITTED_FOLDER / name, tmp_path)
    copy = open_encoder(f"static:{tmp_path}")
    assert copy is not None
    assert copy.version == encoder.version
    with (tmp_path / "tokenizer.json").open("a") as tokenizer:
        tokenizer.write("\n")
    assert StaticEncoder(tmp_path).version != encoder.version


def test_the_committed_data_stay_small() -> None:
    files = [*COMMITTED_FOLDER.glob("*.json"), COMMITTED_FOLDER / "model.safetensors"]
    assert sum(file.stat().st_size for file in files) <= 9_000_000


def test_none_is_no_encoder() -> None:
    assert open_encoder("none") is None


@pytest.mark.parametrize("name", ["", "minilm", "static:", "sentence-transformers:", "none:x"])
def test_another_name_is_refused_with_the_allowed_ones(name: str) -> None:
    with pytest.raises(ValueError, match='allowed are "static", "static:<folder>"'):
        open_encoder(name)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"needs tokenizer\.json: there is none at"):
        open_encoder(f"static:{tmp_path}")


def test_a_table_under_another_name_is_refused() -> None:
    from safetensors.numpy import save

    with pytest.raises(ValueError, match=r'holds \[\'weights\'\] and no table "embedding.weight"'):
        read_table(save({"weights": np.zeros((2, 2), dtype=np.float32)}))


def test_an_absent_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(ImportError, match=r"recwheel\[sentence-transformers\]"):
        open_encoder("sentence-transformers:any")


def test_loading_takes_no_torch() -> None:
    program = (
        "import sys; from resources.encoder import open_encoder;"
        "open_encoder('static').encode(['a']);"
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & sys.modules.keys()))"
    )
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
