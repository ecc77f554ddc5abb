"""Whose rows an index holds: `_meta` of its mapping names the wheel.

Elasticsearch makes nothing of `_meta`; a put-mapping request that has one replaces it whole, one
that has none leaves it (https://www.elastic.co/docs/reference/elasticsearch/mapping-reference/
mapping-meta-field).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from resources.records import Row

OWNER: Final = "wheel"
NAMED: Final = 4  # indices of another wheel that are named


class Owners(NamedTuple):
    """Indices of other wheels, and those of none with the `_meta` that makes them this wheel's."""

    others: list[str]
    unclaimed: dict[str, Row]


def owners(mappings: Mapping[str, Row], wheel: str) -> Owners:
    """Whose the indices are, out of the answer to a get-mapping request; by name, ascending."""
    found = {name: mappings[name]["mappings"].get("_meta") or {} for name in sorted(mappings)}
    others = [name for name, meta in found.items() if meta.get(OWNER, wheel) != wheel]
    unclaimed = {n: {**meta, OWNER: wheel} for n, meta in found.items() if OWNER not in meta}
    return Owners(others, unclaimed)


def owned(template: Row, wheel: str) -> Row:
    """The template, whose indices are the wheel's from their first moment."""
    return {**template, "mappings": {**template["mappings"], "_meta": {OWNER: wheel}}}


def belong_to_another(address: str, indices: Sequence[str]) -> str:
    """The sentence that says so, and what to do."""
    more = f" and {len(indices) - NAMED} more" if len(indices) > NAMED else ""
    return (
        f"Elasticsearch at {address} holds another wheel's rows, and nothing was written to it or "
        f"removed: {', '.join(indices[:NAMED])}{more} belong to another log store. Name an "
        "Elasticsearch of this wheel's own in REC_ELASTICSEARCH_URL or, where those rows are "
        "needed no more, delete these indices by the command in docs/stack.md"
    )
