"""Writes an export of any size, row by row: events and correction histories as the sample has them.

    python -m tests.benchmarks.export_file PATH [MEGABYTES]

The people are the sample's own draws (`personas_data/sample`); past the first PEOPLE each comes
again with ids of its own, so that no id repeats but where the dirt says so. A name that ends in
`.gz` is written as gzip.
"""

from __future__ import annotations

import gzip
import random
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson

from personas_data.sample.behaviour import runs_of
from personas_data.sample.generate import nested
from personas_data.sample.people import draw_person
from personas_data.sample.rows import Writer

PEOPLE: Final = 400
SEED: Final = 11
# One row in so many: its user is missing, it came twice, its category is nobody's, it is torn.
NOBODY, TWICE, FOREIGN, TORN = 2_000, 500, 4_000, 20_000
PLAIN_GZIP: Final = 1  # level: the time goes into the load, not into its preparation
IDS: Final = frozenset(("user_id", "distinct_id", "device_id", "insert_id", "user", "_id"))
Row = dict[str, Any]


def write_export(path: Path, size: int) -> tuple[int, int]:
    """Write about `size` bytes of JSON lines (counted before gzip) by time; (rows, bytes)."""
    packed = path.suffix == ".gz"
    rows = written = 0
    with gzip.open(path, "wb", PLAIN_GZIP) if packed else path.open("wb") as file:
        for line in _lines(size):
            file.write(line)
            rows, written = rows + 1, written + len(line)
    return rows, written


def _lines(size: int) -> Iterator[bytes]:
    """JSON lines, about so many bytes together."""
    draw = random.Random(SEED)
    for number, row in enumerate(_rows(size), start=1):
        if number % NOBODY == 0:
            row = {**row, "user_id": None, "distinct_id": None, "device_id": None, "user": None}
        elif number % FOREIGN == 1 and "field" in row:
            row["field"] = "poem"
        line = orjson.dumps(row if "user" in row or draw.random() < 0.6 else nested(row)) + b"\n"
        yield line[: len(line) // 2] + b"\n" if number % TORN == 0 else line
        if number % TWICE == 0:
            yield line


def _rows(size: int) -> Iterator[Row]:
    """Every row of the crowd as many times as the size asks for, each time of another person."""
    crowd = sorted((row for n in range(PEOPLE) for row in _of_person(n)), key=_second)
    bytes_once = sum(len(orjson.dumps(row)) + 20 for row in crowd)
    times = max(1, round(size / bytes_once))
    wanted = crowd if times > 1 else crowd[: len(crowd) * size // bytes_once]
    for row in wanted:
        yield from (_as_another(row, f"{number:04x}") for number in range(times))


def _second(row: Row) -> float:
    return float(row.get("time") or datetime.fromisoformat(row["created_at"]).timestamp())


def _of_person(number: int) -> list[Row]:
    """A person's events and correction histories by time."""
    person = draw_person(SEED, number)
    writer = Writer(person, runs_of(person, SEED), SEED)
    events = sorted(writer.events(), key=lambda row: row["time"])
    return [*events, *writer.histories()]


def _as_another(row: Row, mark: str) -> Row:
    """The row as of somebody else: every id ends in the mark."""
    return {
        name: f"{value[:-4]}{mark}" if name in IDS and isinstance(value, str) else value
        for name, value in row.items()
    }


if __name__ == "__main__":
    wanted = float(sys.argv[2]) if len(sys.argv) > 2 else 100
    counted, total = write_export(Path(sys.argv[1]), int(wanted * 1e6))
    print(f"{sys.argv[1]}: {counted:,} rows, {total:,} bytes before gzip")
