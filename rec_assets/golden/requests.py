"""How requests were answered (I), for dashboards.

Latency differs between two honest runs of the same seed, so it stays out of the golden table and
lies in an index of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rec_assets.golden.columns import Column
from resources.log_store import LogStore
from resources.records import COLLECTIONS, Row

REQUEST_COLUMNS: Final = (
    Column("request_id", "string", "A's insert_id; one row for each"),
    Column("user_id", "string", "Who asked; sim-… is a simulated user"),
    Column("day", "string", "UTC date of A (ISO)"),
    Column("created_at", "int64", "When A was made, milliseconds UTC"),
    Column("origin", "string", "live or simulation"),
    Column("latency_ms", "double", "Milliseconds from the request's arrival to the scored answer"),
    Column("cache_hit_profile", "bool", "The user's profile was found in Redis"),
    Column("cache_hit_clusters", "bool", "The clusters were at hand"),
    Column("cache_hit_document", "bool", "The document counted"),
    Column("degraded", "list<string>", "What was missing: encoder, document, profile"),
)
CACHE_HITS: Final = "cache_hit_"
FIELDS: Final = tuple({c.name for c in REQUEST_COLUMNS} | {"cache_hits"})  # of I


def request_rows(store: LogStore, day: str) -> Iterator[Row]:
    """The day's requests by id."""
    for batch in store.scan(COLLECTIONS["I"], days=[day], fields=FIELDS):
        for log in batch:
            yield request_row(log)


def request_row(log: Row) -> Row:
    """One row of I with the requests' columns."""
    row = {column.name: log.get(column.name) for column in REQUEST_COLUMNS}
    row["request_id"] = log["_id"]
    for name, found in log["cache_hits"].items():
        row[CACHE_HITS + name] = found
    return row
