"""Rows of H as analysts get them: the data dictionary's columns, no text, no embedding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rec_assets.golden.columns import COLUMNS
from rec_assets.traffic.drawn_from import read_drawn_from
from resources.log_store import LogStore
from resources.records import COLLECTIONS, Row
from resources.settings import Settings

H = COLLECTIONS["H"]
WEIGHTS, MATCHES = "weight_", "match_"
# Fields of H that the table is made of: neither embeddings nor the terms' vectors.
FIELDS: Final = tuple(
    {c.name for c in COLUMNS} | {"weights", "match_metrics", "slate", "slate_plain"}
)
ROWS_AT_ONCE: Final = 10_000  # of a table: a row group of the Parquet file

Personas = Mapping[str, str]  # of simulated users, by user id


def read_personas(store: LogStore, settings: Settings) -> Personas:
    """The persona that each simulated user was drawn from; empty where there are no bots."""
    drawn_from = read_drawn_from(store, settings)
    return drawn_from.persona_names() if drawn_from else {}


def golden_batches(store: LogStore, day: str, personas: Personas) -> Iterator[list[Row]]:
    """The day's golden rows by example id, at most 10,000 at once."""
    for batch in store.scan(H, days=[day], fields=FIELDS, batch=ROWS_AT_ONCE):
        yield [golden_row(example, personas) for example in batch]


def golden_rows(store: LogStore, day: str, personas: Personas) -> Iterator[Row]:
    """The day's golden rows by example id."""
    for batch in store.scan(H, days=[day], fields=FIELDS):
        for example in batch:
            yield golden_row(example, personas)


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
