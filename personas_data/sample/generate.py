"""Writes the sample export: `python -m personas_data.sample.generate [FOLDER]`.

Everything is drawn from SEED with the standard library's generator; the same bytes every time.
Needs nothing but the standard library; nothing of rec_assets or rec_api is read.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from personas_data.sample.behaviour import runs_of
from personas_data.sample.dirt import dirty_events, dirty_histories
from personas_data.sample.people import Person, draw_person
from personas_data.sample.rows import Row, Writer

SEED: Final = 20250601
PEOPLE: Final = 600
# Two people at one machine: such ids must not be joined.
SHARED_DEVICES: Final = 3
# Rows received from then on are in the second file, where fields lie under `properties`.
SECOND_FILE_FROM_MS: Final = int(datetime(2025, 10, 8, tzinfo=UTC).timestamp() * 1000)


def main(folder: Path) -> None:
    """Write all files into the folder and say how large they are."""
    for name, content in export().items():
        (folder / name).write_bytes(content)
        print(f"{name}: {len(content):,} bytes")


def export() -> dict[str, bytes]:
    """File name → content of the whole export."""
    writers = [Writer(person, runs_of(person, SEED), SEED) for person in people()]
    events = dirty_events([row for writer in writers for row in writer.events()], SEED)
    histories = dirty_histories([row for writer in writers for row in writer.histories()], SEED)
    usage = [row for writer in writers if (row := writer.usage()) is not None]
    first = [row for row in events if row["mp_api_timestamp_ms"] < SECOND_FILE_FROM_MS]
    second = [nested(row) for row in events if row["mp_api_timestamp_ms"] >= SECOND_FILE_FROM_MS]
    return {
        "events_2025-06_2025-10-07.jsonl.gz": packed(lines(first)),
        "events_2025-10-08_2025-10-22.jsonl": cut_short(lines(second)),
        "correction_history.json.gz": packed(array(histories)),
        "usage_summaries.json": array(usage),
        "client_properties.jsonl": lines(writer.client() for writer in writers),
    }


def people() -> list[Person]:
    """Everybody; the first active accounts share a machine, two and two."""
    drawn = [draw_person(SEED, number) for number in range(PEOPLE)]
    active = [person for person in drawn if person.runs >= 8 and person.signs_up < 1]
    for owner, guest in zip(active[::2], active[1::2][:SHARED_DEVICES], strict=False):
        drawn[guest.number] = replace(guest, devices=owner.devices[:1])
        drawn[owner.number] = replace(owner, devices=owner.devices[:1])
    return drawn


def nested(row: Row) -> Row:
    """The event as a newer exporter writes it: all but the name under `properties`."""
    return {"event": row["event"], "properties": {k: v for k, v in row.items() if k != "event"}}


def lines(rows: Iterable[Row]) -> bytes:
    """JSON lines."""
    return "".join(_json(row) + "\n" for row in rows).encode()


def array(rows: list[Row]) -> bytes:
    """One JSON array, a row on each line."""
    return ("[\n" + ",\n".join(map(_json, rows)) + "\n]\n").encode()


def packed(content: bytes) -> bytes:
    """Gzip without a date in it, so that the bytes are the same tomorrow."""
    return gzip.compress(content, 9, mtime=0)


def cut_short(content: bytes) -> bytes:
    """An export whose disk was full: the last line ends in the middle."""
    last = content.rstrip(b"\n").rfind(b"\n") + 1
    return content[: last + (len(content) - last) // 2]


def _json(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
