"""The training text as rows, and as bags of subword pieces."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from tokenizers import Tokenizer

TRAINING_FILE, TEST_FILE = "train_text.jsonl.gz", "test_text.jsonl.gz"
# The unknown, the mark of a word's beginning left alone, and what stands for broken characters.
SILENT_PIECES = ("<unk>", "▁", "\ufffd")
CHUNK = 10_000  # texts tokenised at once: bounds the memory of their encodings


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence: its source, language, genre, and the document whose rows stand in order."""

    text: str
    source: str
    lang: str
    genre: str
    doc: int
    kind: str


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a gzipped JSON-lines file, by document, each in its order."""
    fields = Row.__slots__
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = map(json.loads, lines)
        rows = [Row(**{name: record[name] for name in fields}) for record in records]
    return sorted(rows, key=lambda row: row.doc)


def piece_ids(tokenizer: Tokenizer, texts: Sequence[str]) -> list[NDArray[np.int32]]:
    """Return each text's piece ids without the silent ones, which carry no meaning."""
    silent = silent_ids(tokenizer)
    return [ids[~np.isin(ids, silent)] for ids in _all_ids(tokenizer, texts)]


def silent_ids(tokenizer: Tokenizer) -> list[int]:
    """Return the ids of the silent pieces that this tokenizer has."""
    found = map(tokenizer.token_to_id, SILENT_PIECES)
    return [one for one in found if one is not None]


def _all_ids(tokenizer: Tokenizer, texts: Sequence[str]) -> Iterator[NDArray[np.int32]]:
    for start in range(0, len(texts), CHUNK):
        part = list(texts[start : start + CHUNK])
        for encoding in tokenizer.encode_batch_fast(part, add_special_tokens=False):
            yield np.array(encoding.ids, dtype=np.int32)


def mean_bags(ids: Sequence[NDArray[np.int32]], pieces: int) -> csr_array:
    """Return the (texts, pieces) float32 matrix whose product with a table is each text's mean."""
    lengths = np.array([len(one) for one in ids])
    starts = np.concatenate([[0], np.cumsum(lengths)])
    weights = np.repeat(1.0 / np.maximum(lengths, 1), lengths).astype(np.float32)
    return csr_array((weights, np.concatenate(ids), starts), shape=(len(ids), pieces))
