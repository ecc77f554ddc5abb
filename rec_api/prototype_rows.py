"""Category vectors as they stand in the log store, one document for each encoder."""

from __future__ import annotations

import base64

import numpy as np

from rec_api.character_grams import Keys, Vocabulary
from rec_api.prototypes import FEATURES, Prototypes
from resources.log_store import LogStore
from resources.options import CATEGORIES
from resources.packed_arrays import pack, unpack
from resources.records import PROTOTYPES, Row


def prototypes_row(prototypes: Prototypes, texts: int) -> Row:
    """The prototypes as a document; one for each encoder version."""
    return {
        "_id": prototypes.encoder_version,
        "version": prototypes.version,
        "features": FEATURES,
        "temperature": prototypes.temperature,
        "dimension": int(prototypes.vectors.shape[1]),
        "categories": list(CATEGORIES),
        "vectors": pack(prototypes.vectors),
        "grams": _pack_keys(prototypes.vocabulary.keys),
        "rarity": pack(prototypes.vocabulary.rarity),
        "gram_vectors": pack(prototypes.gram_vectors),
        "texts": texts,
    }


def load_prototypes(store: LogStore, encoder_version: str) -> Prototypes | None:
    """The prototypes made with this encoder; None when they were not made yet, or of old."""
    row = store.get(PROTOTYPES, [encoder_version]).get(encoder_version)
    if row is None or row.get("features") != FEATURES or row["categories"] != list(CATEGORIES):
        return None
    return Prototypes(
        row["version"],
        encoder_version,
        row["temperature"],
        unpack(row["vectors"]).reshape(-1, row["dimension"]),
        Vocabulary(_unpack_keys(row["grams"]), unpack(row["rarity"])),
        unpack(row["gram_vectors"]).reshape(-1, len(CATEGORIES)),
    )


def _pack_keys(keys: Keys) -> str:
    return base64.b64encode(keys.astype("<u8").tobytes()).decode("ascii")


def _unpack_keys(text: str) -> Keys:
    return np.frombuffer(base64.b64decode(text), dtype="<u8")
