"""Rows of H and I as analysts get them: the data dictionaries' columns, no text, no embedding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rec_assets.golden.columns import COLUMNS, REQUEST_COLUMNS
from rec_assets.personas.stored import read_stored
from rec_assets.traffic.population import personas_of
from resources.log_store import LogStore
from resources.records import COLLECTIONS, DRAWN_FROM, Row
from resources.settings import Settings

H, I = COLLECTIONS["H"], COLLECTIONS["I"]  # noqa: E741
WEIGHTS, MATCHES, CACHE_HITS = "weight_", "match_", "cache_hit_"
# Fields of H that the table is made of: neither embeddings nor the terms' vectors.
FIELDS: Final = tuple(
    {c.name for c in COLUMNS} | {"weights", "match_metrics", "slate", "slate_plain"}
)
REQUEST_FIELDS: Final = tuple({c.name for c in REQUEST_COLUMNS} | {"cache_hits"})
ROWS_AT_ONCE: Final = 10_000  # in memory, and in a row group of the file

Personas = Mapping[str, str]  # of simulated users, by user id


def read_personas(store: LogStore, settings: Settings) -> Personas:
    """The persona that each simulated user was drawn from; empty where there are no bots."""
    drawn_from = read_stored(store, DRAWN_FROM)
    return personas_of(drawn_from, settings.users) if drawn_from else {}


def golden_batches(store: LogStore, day: str, personas: Personas) -> Iterator[list[Row]]:
    """The day's golden rows by example id, at most 10,000 at once."""
    for batch in store.scan(H, days=[day], fields=FIELDS, batch=ROWS_AT_ONCE):
        yield [golden_row(example, personas) for example in batch]


def request_batches(store: LogStore, day: str) -> Iterator[list[Row]]:
    """The day's requests by id, at most 10,000 at once."""
    for batch in store.scan(I, days=[day], fields=REQUEST_FIELDS, batch=ROWS_AT_ONCE):
        yield [request_row(log) for log in batch]


def golden_row(example: Row, personas: Personas) -> Row:
    """One H row with the golden table's columns."""
    row = {column.name: example.get(column.name) for column in COLUMNS}
    row["example_id"] = example["_id"]
    row["persona"] = personas.get(example["user_id"])
    row["first_shown"], row["first_plain"] = _firsts(example)
    for term, weight in example["weights"].items():
        row[WEIGHTS + term] = weight
    for word, matched in (example["match_metrics"] or {}).items():
        row[MATCHES + word] = matched
    return row


def request_row(log: Row) -> Row:
    """One row of I with the requests' columns."""
    row = {column.name: log.get(column.name) for column in REQUEST_COLUMNS}
    row["request_id"] = log["_id"]
    for name, found in log["cache_hits"].items():
        row[CACHE_HITS + name] = found
    return row


def _firsts(example: Row) -> tuple[int | None, int | None]:
    """Whether the executed option came first as shown, and in the order of P_vec and P_doc alone.

    Both are of the options that were shown; None where nothing was executed or no such order is.
    """
    slate, plain = example["slate"], example.get("slate_plain")
    if not example["executed"] or not slate or plain is None:
        return None, None
    executed = "/".join(example[word] for word in ("category", "intensity", "language"))
    return int(slate[0] == executed), int(first_of(slate, plain) == executed)


def first_of(options: Sequence[str], scores: Sequence[float]) -> str:
    """The option with the highest score; ties are broken by its id."""
    return min(zip(options, scores, strict=True), key=lambda one: (-one[1], one[0]))[0]
