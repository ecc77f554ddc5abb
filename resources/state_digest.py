"""One hash per record letter: two wheels with the same seed end with equal ones, on any store."""

from __future__ import annotations

import hashlib
from typing import Final

import orjson

from resources.log_store import LogStore
from resources.records import COLLECTIONS, DIGEST_FIELDS, PERSONAS, Row

# Of a persona everything counts but when it was written.
_CLOCK_FIELDS: Final = frozenset({"created_at", "arrived_on", "latency_ms"})


def state_digests(store: LogStore) -> dict[str, str]:
    """The digests of A, B, C, G, H, J and the personas, by letter (`personas`)."""
    letters = {letter: collection_digest(store, letter) for letter in sorted(DIGEST_FIELDS)}
    return {**letters, "personas": collection_digest(store, "personas")}


def collection_digest(store: LogStore, letter: str) -> str:
    """SHA-256 (hex) over the rows in the order of `_id`, each as JSON with sorted keys.

    Covers `DIGEST_FIELDS[letter]`; a field that is absent counts as null.
    """
    fields = DIGEST_FIELDS.get(letter)
    collection = COLLECTIONS.get(letter, PERSONAS)
    digest = hashlib.sha256()
    for batch in store.scan(collection, fields=fields):
        for row in batch:
            covered = _persona(row) if fields is None else {name: row.get(name) for name in fields}
            digest.update(orjson.dumps(covered, option=orjson.OPT_SORT_KEYS) + b"\n")
    return digest.hexdigest()


def _persona(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in _CLOCK_FIELDS}
