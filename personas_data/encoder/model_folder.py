"""The files of the model, in the layout that sentence-transformers reads too."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save
from tokenizers import Tokenizer

from personas_data.encoder.corpus import silent_ids

TENSOR = "embedding.weight"  # the name sentence-transformers' StaticEmbedding looks for
PACKAGE = "sentence_transformers"
MODULES = [
    {"idx": 0, "name": "0", "path": "",
     "type": f"{PACKAGE}.sentence_transformer.modules.static_embedding.StaticEmbedding"},
    {"idx": 1, "name": "1", "path": "1_Normalize",
     "type": f"{PACKAGE}.base.modules.normalize.Normalize"},
]  # fmt: skip
CONFIG = {
    "__version__": {PACKAGE: "6.2.0"},
    "default_prompt_name": None,
    "model_type": "SentenceTransformer",
    "prompts": {},
    "similarity_fn_name": "cosine",
}
NORMALIZE = {
    "module_input_name": "sentence_embedding",
    "module_output_name": "sentence_embedding",
}


def write_folder(folder: Path, tokenizer: Tokenizer, table: NDArray[np.float32]) -> Path:
    """Write tokenizer, table and configuration; return `folder`.

    Silent pieces get zero rows: a text's direction comes from what is known.
    """
    (folder / "1_Normalize").mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    known = table.astype(np.float16)
    known[silent_ids(tokenizer)] = 0
    (folder / "model.safetensors").write_bytes(save({TENSOR: known}))
    _write_json(folder / "modules.json", MODULES)
    _write_json(folder / "config_sentence_transformers.json", CONFIG)
    _write_json(folder / "1_Normalize" / "config.json", NORMALIZE)
    return folder


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
