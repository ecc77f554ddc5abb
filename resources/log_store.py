"""The log store's port: the verbs every adapter has, and which rows none of them takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple, Protocol, TypedDict

import bson
import msgspec
import orjson

from resources.errors import Away, Mendable, SettingError
from resources.records import Row

Where = Mapping[str, str | int | bool | None]
BATCH: Final = 1000
MAX_DEPTH: Final = 80  # MongoDB takes 100 levels
MAX_BYTES: Final = 15 << 20  # MongoDB takes 16 MiB of BSON
_PLAIN: Final = frozenset({str, bool, type(None)})
_COLLECTION: Final = re.compile(r"[a-z][a-z0-9_]{0,100}")
_FIELD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,100}")


class Encoded(dict[str, Any]):
    """A row with its JSON at hand, which stores take as it is: `encode_row` does not look again.

    Whoever makes one answers for what `encode_row` asks of a row.
    """

    __slots__ = ("body",)
    body: bytes  # the row in JSON, UTF-8


class Refused(NamedTuple):
    """A row that no store takes, and why."""

    id: str
    reason: str


class Written(NamedTuple):
    """What a write did: rows that were new (or replaced), and rows that were refused."""

    new: int
    refused: list[Refused]

    def whole(self) -> int:
        """`new`, for rows that we made ourselves; RowsRefused when any of them was refused."""
        if self.refused:
            first = self.refused[0]
            raise RowsRefused(
                f"the log store takes {len(self.refused)} of our own rows not, {first.id} first: "
                f"{first.reason}"
            )
        return self.new


class RowsRefused(Mendable, RuntimeError):
    """Rows that an asset made were refused: what stands is not what it computed."""


class StoreUnavailable(Away, ConnectionError):
    """The store does not answer; the message is a sentence without a password."""


class StoreFull(StoreUnavailable):
    """The store has no room; reading may go on."""

    mends_itself = False


class LogStore(Protocol):
    """Plain documents in named collections. Every row has a string `_id`.

    `where` is equality on top-level fields. A poison row is refused alone, never its batch.
    Every verb raises StoreUnavailable when the server is away.
    """

    def append(self, collection: str, rows: Iterable[Row]) -> Written:
        """Add rows; a row whose `_id` exists stays as it is and does not count as new."""

    def put(self, collection: str, rows: Iterable[Row]) -> Written:
        """Add rows or replace them by `_id`."""

    def replace(self, collection: str, where: Where, rows: Iterable[Row]) -> Written:
        """Afterwards the rows that match `where` are exactly these; repeating repairs a crash."""

    def get(self, collection: str, ids: Sequence[str]) -> dict[str, Row]:
        """The rows with these ids, by id; missing ones are absent."""

    def scan(
        self,
        collection: str,
        *,
        days: Sequence[str] | None = None,
        shards: Sequence[int] | None = None,
        where: Where | None = None,
        fields: Sequence[str] | None = None,
        batch: int = BATCH,
    ) -> Iterator[list[Row]]:
        """Batches in the order of `_id`, in bounded memory; `_id` is always among the fields."""

    def count(self, collection: str, where: Where | None = None) -> int:
        """How many rows match."""

    def rows_by_day(self, collection: str) -> dict[str, int]:
        """How many rows each value of `day` (a string) has, days ascending."""

    def delete(self, collection: str, where: Where) -> int:
        """Remove the rows that match; how many they were. An empty `where` removes all."""

    def ping(self) -> None:
        """Return when the store answers."""

    def close(self) -> None:
        """Let go of connections and files."""


class Poison(ValueError):
    """A row that no store takes; the message says why and quotes none of its text."""


def refusal(row: Row) -> str | None:
    """Why no adapter takes this row, or None: one rule, so that both refuse the same ones."""
    try:
        encode_row(row)
    except Poison as poison:
        return str(poison)
    return None


def encode_row(row: Row) -> bytes:
    """The row as JSON, checked in the same pass; Poison when no adapter takes it.

    What passes comes back equal from both stores: exact JSON types, finite floats, 64-bit ints.
    """
    if type(row) is Encoded:
        return row.body
    if type(row) is not dict:
        raise Poison(f"it is a {type(row).__name__}, not a dict")
    identity = row.get("_id")
    if type(identity) is not str or not identity:
        raise Poison("its _id is not a string with at least one character")
    _check_values(row, 1)
    try:
        body = orjson.dumps(row)
    except TypeError as error:  # keys that are no strings, lone surrogates
        raise Poison(f"it is no JSON document: {error}"[:200]) from None
    if b"\\u0000" in body and _nul_in_key(row):
        raise Poison("one of its keys holds a NUL character")
    # BSON is at most 6.5 times as long as JSON (lists of small integers): rarely worth encoding.
    if len(body) * 6.5 > MAX_BYTES and len(bson.encode(row)) > MAX_BYTES:
        raise Poison(f"it is larger than {MAX_BYTES >> 20} MiB, MongoDB's limit with a margin")
    return body


def _check_values(value: Row | list[Any], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Poison(f"it is nested deeper than {MAX_DEPTH} levels")
    items: Iterable[Any] = value.values() if isinstance(value, dict) else value
    for item in items:
        kind = type(item)
        if kind in _PLAIN:
            continue
        if kind is int:
            if not -(2**63) <= item < 2**63:
                raise Poison("it holds an integer of more than 64 bits")
        elif kind is float:
            if item - item != 0.0:  # NaN for NaN and for the infinities; math.isfinite is slower
                raise Poison("it holds a number that is not finite")
        elif kind is dict or kind is list:
            _check_values(item, depth + 1)
        else:
            raise Poison(f"it holds a {kind.__name__}: a row holds str, int, float, bool, None")


def _nul_in_key(value: object) -> bool:
    if isinstance(value, dict):
        return any("\0" in key or _nul_in_key(item) for key, item in value.items())
    return isinstance(value, list) and any(map(_nul_in_key, value))


def refused(row: object, poison: Poison) -> Refused:
    """The report on a poison row; its id is printable and at most 200 characters."""
    identity = row.get("_id") if isinstance(row, dict) else None
    return Refused(str(identity)[:200].encode("utf-8", "backslashreplace").decode(), str(poison))


def check_names(collection: str, where: Where | None = None) -> None:
    """ValueError for a collection or a field that no adapter can name, or a value it cannot find.

    `where` compares scalar fields; a name with a dot or a dollar means something else to MongoDB.
    """
    if not _COLLECTION.fullmatch(collection):
        raise ValueError(f"{collection!r} is no collection: use lower-case letters, digits and _")
    for field, value in (where or {}).items():
        if not _FIELD.fullmatch(field):
            raise ValueError(f"{field!r} is no field to look for: use letters, digits and _")
        if (reason := refusal({"_id": "where", "value": value})) is not None:
            raise ValueError(f"no row can be found by this value of {field}: {reason}")


def check_matches(where: Where, rows: Sequence[Row]) -> None:
    """ValueError when a row handed to `replace` would not be found by its `where`."""
    for field, value in where.items():
        for row in rows:
            found = row.get(field)
            if found != value or isinstance(found, bool) != isinstance(value, bool):
                raise ValueError(
                    f"row {row.get('_id')!r} does not match {field} = {value!r}: replace writes "
                    "only rows that its condition finds"
                )


def storable(ids: Sequence[str]) -> list[str]:
    """The ids that a row can have, each once: others are found nowhere and break a query."""
    return [i for i in dict.fromkeys(ids) if i and refusal({"_id": i}) is None]


def select(row: Row, fields: Sequence[str] | None) -> Row:
    """The row with `_id` and these fields only (those it has); None: the row itself."""
    if fields is None:
        return row
    return {name: row[name] for name in ("_id", *fields) if name in row}


@lru_cache(maxsize=128)
def row_reader(fields: tuple[str, ...] | None) -> Callable[[bytes], Row]:
    """What reads a row's JSON; of these fields only it passes over the others, unlike `select`."""
    if fields is None:
        return orjson.loads
    chosen = TypedDict("Chosen", dict.fromkeys(("_id", *fields), Any), total=False)  # type: ignore[misc]
    decode: Callable[[bytes], Row] = msgspec.json.Decoder[Any](chosen).decode
    return decode


def open_log_store(url: str) -> LogStore:
    """The adapter for the URL's scheme (`sqlite:///file`, `mongodb://…`); else a ValueError."""
    scheme = url.partition("://")[0]
    if url.startswith("sqlite:///"):
        from resources.sqlite_log_store import SqliteLogStore

        return SqliteLogStore(url.removeprefix("sqlite:///"))
    if scheme in ("mongodb", "mongodb+srv"):
        from resources.mongo_log_store import MongoLogStore

        return MongoLogStore(url)
    named = f"the scheme {scheme!r}" if scheme != url else "no scheme"
    raise SettingError(
        f"REC_LOG_URL has {named}: it must be sqlite:///<file> or mongodb://<host>/…"
    )
