"""Text to unit vectors: a committed static table by default, sentence-transformers on request."""

import hashlib
import importlib
import os
import re
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from resources.errors import SettingError

COMMITTED_FOLDER: Final = Path(__file__).parents[1] / "personas_data" / "encoder"
TABLE_FILE: Final = "model.safetensors"
TOKENIZER_FILE: Final = "tokenizer.json"
TENSOR: Final = "embedding.weight"
BLOCK: Final = 4_096  # pieces gathered at once, 4 MB: a whole document's would be hundreds
LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Encoder(Protocol):
    """What turns texts into vectors. Calls may run concurrently; equal texts give equal bits."""

    @property
    def version(self) -> str:
        """`name@` and the first 12 hex digits of a hash over the model's content."""
        ...

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (texts, dimension): rows of length one, or zero where no piece is known."""
        ...


class StaticEncoder:
    """The direction of a text's mean subword vector: `tokenizers` and NumPy, no transformer."""

    def __init__(self, folder: Path) -> None:
        # Read by the tokenizer's threads: for one text at a time they cost more than they bring.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from tokenizers import Tokenizer

        tokenizer, table = (_read(folder / name) for name in (TOKENIZER_FILE, TABLE_FILE))
        self._tokenizer = Tokenizer.from_buffer(tokenizer)
        self._table = read_table(table)
        self._version = f"static@{hashlib.sha256(tokenizer + table).hexdigest()[:12]}"

    @property
    def version(self) -> str:
        """`static@` and the first 12 hex digits of the SHA-256 of tokenizer and table."""
        return self._version

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self._table.shape[1])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (texts, dimension) float32: rows of length one, or zero where no piece is known.

        Each text is summed alone and in order, without BLAS: its bits depend on nothing else.
        """
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            # Not `encode`, which spends a fifth of its time on offsets that nobody asks for.
            (pieces,) = self._tokenizer.encode_batch_fast([encodable(text)], False, False)
            set_unit(vector, self._sum(pieces.ids))
        return vectors

    def _sum(self, ids: Sequence[int]) -> NDArray[np.float32]:
        if 0 < len(ids) <= BLOCK:
            only: NDArray[np.float32] = np.add.reduce(self._table.take(ids, axis=0), axis=0)
            return only
        total = np.zeros(self.dimension, dtype=np.float32)
        for start in range(0, len(ids), BLOCK):
            rows = self._table.take(ids[start : start + BLOCK], axis=0)
            total += np.add.reduce(rows, axis=0)
        return total


class SentenceTransformersEncoder:
    """Any sentence-transformers model; one text a call, so that no batch changes its bits."""

    def __init__(self, name: str) -> None:
        library = _import_sentence_transformers()
        # A float16 table would be summed in float16.
        self._model: Any = library.SentenceTransformer(name, device="cpu").float()
        self._lock = Lock()  # a fast tokenizer that pads or truncates may not be shared
        self._dimension = self._encode_one("a").shape[0]
        self._version = f"sentence-transformers:{Path(name).name}@{weights_hash(self._model)}"

    @property
    def version(self) -> str:
        """`sentence-transformers:<name>@` and the first 12 hex digits of the weights' SHA-256."""
        return self._version

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self._dimension)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (texts, dimension) float32: rows of length one, or zero where the model's is."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            set_unit(vector, self._encode_one(encodable(text)))
        return vectors

    def _encode_one(self, text: str) -> NDArray[np.float32]:
        with self._lock:
            rows = self._model.encode([text], batch_size=1, show_progress_bar=False)
        return np.asarray(rows[0], dtype=np.float32)


def open_encoder(name: str) -> Encoder | None:
    """Return the encoder of that name, or None for "none".

    "static" is the committed one, "static:<folder>" another of its kind, and
    "sentence-transformers:<name or folder>" any of that library's. Raises ValueError for another
    name, FileNotFoundError where a file is missing, ImportError without the library.
    """
    kind, _, where = name.partition(":")
    if name == "none":
        return None
    if name == "static":
        return StaticEncoder(COMMITTED_FOLDER)
    if kind == "static" and where:
        return StaticEncoder(Path(where))
    if kind == "sentence-transformers" and where:
        return SentenceTransformersEncoder(where)
    raise SettingError(
        f'The encoder is "{name}"; allowed are "static", "static:<folder>", '
        '"sentence-transformers:<name or folder>" and "none".'
    )


def encodable(text: str) -> str:
    """Return the text with lone surrogates, which UTF-8 cannot hold, replaced by U+FFFD."""
    return text if text.isascii() else LONE_SURROGATE.sub("\ufffd", text)


def set_unit(vector: NDArray[np.float32], direction: NDArray[np.float32]) -> None:
    """Set `vector` to `direction` at length one; leave it where that is zero."""
    # In float64 no square under- or overflows.
    length = np.sqrt(np.add.reduce(np.square(direction, dtype=np.float64)))
    if length > 0:
        np.divide(direction, length, out=vector, casting="same_kind")


def read_table(content: bytes) -> NDArray[np.float32]:
    """Return the (pieces, dimension) table of a safetensors file.

    It is float32 in memory, whatever the file holds: gathering from float16 is slower. Raises
    ValueError where the file names no such table.
    """
    from safetensors.numpy import load

    tensors = load(content)
    if TENSOR not in tensors:
        raise ValueError(f'{TABLE_FILE} holds {sorted(tensors)} and no table "{TENSOR}".')
    return tensors[TENSOR].astype(np.float32)


def weights_hash(model: Any) -> str:
    """Return the first 12 hex digits of the SHA-256 of a torch model's weights, by name."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(tensor.numpy()).data)
    return digest.hexdigest()[:12]


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise FileNotFoundError(f"The static encoder needs {path.name}: there is none at {path}.")
    return path.read_bytes()


def _import_sentence_transformers() -> Any:
    try:
        return importlib.import_module("sentence_transformers")
    except ModuleNotFoundError as error:
        raise ImportError(
            "This encoder needs sentence-transformers, which is not installed: "
            'pip install "recwheel[sentence-transformers]", or set the encoder to "static".'
        ) from error
