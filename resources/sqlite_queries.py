"""The SQL of the SQLite log store: its tables, what `where` means, and pages of a scan."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any, Final

from resources.log_store import Where
from resources.records import QUARANTINE, RAW

# Fields that scans look for are columns too; any other field is read out of the body.
COLUMNS: Final = ("day", "shard", "user_id", "arrived_on")
# arrived_on is indexed only where it is there and not the day: else the day's index serves.
TABLE: Final = """
CREATE TABLE IF NOT EXISTS {0}
    (_id TEXT PRIMARY KEY NOT NULL, day, shard, user_id, arrived_on, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS {0}_user ON {0} (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS {0}_late ON {0} (arrived_on)
    WHERE arrived_on IS NOT NULL AND arrived_on IS NOT day;
"""
BY_DAY: Final = "CREATE INDEX IF NOT EXISTS {0}_day ON {0} (day, shard);"
# Made by the first scan for shards of all days, so that other tables need not keep it up to date.
BY_SHARD: Final = "CREATE INDEX IF NOT EXISTS {0}_shard ON {0} (shard)"
APPEND: Final = "INSERT OR IGNORE INTO {0} VALUES "
# Exports are read whole: their rows get the index by day with the first question for one.
READ_WHOLE: Final = frozenset({RAW, QUARANTINE})
PUT: Final = "INSERT OR REPLACE INTO {0} VALUES "
LINE: Final = "(?, ?, ?, ?, ?, ?)"
LINES_AT_ONCE: Final = 100  # of one statement: a quarter faster than a statement a line
ROWS_BY_DAY: Final = """
WITH RECURSIVE found(day) AS (
    SELECT min(day) FROM {0} WHERE typeof(day) = 'text'
    UNION ALL SELECT (SELECT min(day) FROM {0} WHERE day > found.day AND typeof(day) = 'text')
    FROM found WHERE found.day IS NOT NULL
) SELECT day, (SELECT count(*) FROM {0} WHERE day = found.day) FROM found WHERE day IS NOT NULL
"""

Line = tuple[Any, ...]  # _id, the columns, body
CELLS: Final = frozenset({str, int, float})  # what a column holds; other types: the body alone
STORED: Final = CELLS | {type(None)}


def table_of(collection: str) -> str:
    """The script that makes the collection's table where there is none."""
    script = TABLE + ("" if collection in READ_WHOLE else BY_DAY)
    return script.format(collection)


def indexes_for(
    collection: str, days: Sequence[str] | None, shards: Sequence[int] | None
) -> list[str]:
    """What a scan by these needs beyond the indexes that every table has."""
    if days is not None:
        return [BY_DAY] if collection in READ_WHOLE else []
    return [BY_SHARD] if shards is not None else []


def write_lines(connection: sqlite3.Connection, statement: str, lines: Iterator[Line]) -> int:
    """Run an `APPEND` or `PUT` of these lines; how many rows it wrote."""
    written = 0
    while part := list(islice(lines, LINES_AT_ONCE)):
        query = statement + ", ".join([LINE] * len(part))
        written += connection.execute(query, list(chain.from_iterable(part))).rowcount
    return written


def condition_of(
    days: Sequence[str] | None, shards: Sequence[int] | None, where: Where | None
) -> tuple[str, list[Any]]:
    """A WHERE clause and its values; both empty when everything matches."""
    parts, values = list[str](), list[Any]()
    for column, chosen in (("day", days), ("shard", shards)):
        if chosen is not None:
            parts.append(f"{column} IN ({marks(chosen)})")
            values += chosen
    for field, value in (where or {}).items():
        part, bound = _equals(field, value)
        parts.append(part)
        values += bound
    return (f" WHERE {' AND '.join(parts)}" if parts else ""), values


def reads_all(where: Where) -> bool:
    """Whether every line of the table has to be read to find those that match."""
    return bool(where) and not any(field == "_id" or field in COLUMNS for field in where)


def _equals(field: str, value: object) -> tuple[str, list[Any]]:
    """Equality as MongoDB means it: true is not 1, 1 is 1.0, null is also a missing field."""
    column = field == "_id" or field in COLUMNS
    if column and type(value) in CELLS:
        if field == "arrived_on":  # two branches, an index for each
            either = "(day = ? AND arrived_on = ? OR arrived_on IS NOT day AND arrived_on = ?)"
            return either, [value] * 3
        return f"{field} = ?", [value]
    place = f"(CAST(body AS TEXT), '$.\"{field}\"')"
    if value is None:
        return f"ifnull(json_type{place}, 'null') = 'null'", []
    if isinstance(value, bool):
        return f"json_type{place} = ?", [str(value).lower()]
    kinds = "('text')" if isinstance(value, str) else "('integer', 'real')"
    return f"(json_type{place} IN {kinds} AND json_extract{place} = ?)", [value]


def pages(
    connection: sqlite3.Connection, table: str, condition: str, values: list[Any], size: int
) -> Iterator[list[tuple[bytes]]]:
    """Bodies in the order of `_id`: by keyset, or by a list of ids in a temporary table.

    No transaction is open between two of them; the connection serves nothing else meanwhile.
    """
    if not condition:
        yield from _whole(connection, table, size)
        return
    page = f"SELECT body FROM picked JOIN {table} USING (_id) WHERE place > ? AND place <= ?"
    with _picked(connection, table, condition, values, size) as slices:
        for bounds in slices:
            if bodies := connection.execute(f"{page} ORDER BY place", bounds).fetchall():
                yield bodies


def delete_in_slices(
    connection: sqlite3.Connection, table: str, condition: str, values: list[Any], size: int
) -> int:
    """Delete the lines that match when it begins, so many a transaction; how many they were.

    To find them reads the whole table: that holds up no other writer.
    """
    part = "SELECT _id FROM picked WHERE place > ? AND place <= ?"
    with _picked(connection, table, condition, values, size) as slices:
        query = f"DELETE FROM {table} WHERE _id IN ({part})"
        return sum(connection.execute(query, bounds).rowcount for bounds in slices)


@contextmanager
def _picked(
    connection: sqlite3.Connection, table: str, condition: str, values: list[Any], size: int
) -> Iterator[list[tuple[int, int]]]:
    """A temporary table of the ids that match, in order; the bounds of its slices by `place`."""
    picked = f"SELECT _id FROM {table}{condition} ORDER BY _id"
    connection.execute("CREATE TEMP TABLE picked (place INTEGER PRIMARY KEY, _id TEXT)")
    try:
        connection.execute(f"INSERT INTO picked (_id) {picked}", values)
        (last,) = connection.execute("SELECT ifnull(max(place), 0) FROM picked").fetchone()
        yield [(start, start + size) for start in range(0, last, size)]
    finally:
        connection.execute("DROP TABLE picked")


def _whole(connection: sqlite3.Connection, table: str, size: int) -> Iterator[list[tuple[bytes]]]:
    page = f"SELECT _id, body FROM {table} WHERE _id > ? ORDER BY _id LIMIT ?"
    last = ""  # no _id is empty
    while lines := connection.execute(page, (last, size)).fetchall():
        last = lines[-1][0]
        yield [(body,) for _, body in lines]


def marks(values: Sequence[Any]) -> str:
    """A question mark for each value."""
    return ", ".join("?" * len(values))
