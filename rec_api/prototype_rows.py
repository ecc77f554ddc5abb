"""Category vectors as they stand in the log store, one document for each encoder."""

from __future__ import annotations

import numpy as np

from rec_api.prototypes import Prototypes
from resources.log_store import LogStore
from resources.options import CATEGORIES
from resources.packed_arrays import pack, unpack
from resources.records import PROTOTYPES, Row


def prototypes_row(prototypes: Prototypes, texts: int) -> Row:
    """The prototypes as a document; one for each encoder version."""
    return {
        "_id": prototypes.encoder_version,
        "version": prototypes.version,
        "temperature": prototypes.temperature,
        "dimension": int(prototypes.vectors.shape[1]),
        "vectors": pack(prototypes.vectors),
        "categories": [CATEGORIES[k] for k in prototypes.categories],
        "texts": texts,
    }


def load_prototypes(store: LogStore, encoder_version: str) -> Prototypes | None:
    """The prototypes made with this encoder; None when they were not made yet."""
    row = store.get(PROTOTYPES, [encoder_version]).get(encoder_version)
    if row is None:
        return None
    return Prototypes(
        row["version"],
        encoder_version,
        row["temperature"],
        unpack(row["vectors"]).reshape(-1, row["dimension"]),
        np.array([CATEGORIES.index(category) for category in row["categories"]]),
    )
