"""The second sink: a day's golden rows and requests in Elasticsearch, and whether they agree."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple
from uuid import uuid4

from rec_assets import manifests
from rec_assets.day_state import days_redone
from rec_assets.golden.behind import Behind, days_behind, days_let_through
from rec_assets.golden.columns import COLUMNS, Column
from rec_assets.golden.requests import REQUEST_COLUMNS, request_rows
from rec_assets.golden.rows import Personas, golden_rows
from resources.log_store import LogStore
from resources.records import COLLECTIONS, Row
from resources.row_content import Content, content_of, differences
from resources.search_bulk import Sent
from resources.search_index import SearchIndex
from resources.search_series import Series

H, I = COLLECTIONS["H"], COLLECTIONS["I"]  # noqa: E741
ASSET: Final = "golden_index"
IDENTITY: Final = ("wheel", "identity")  # its manifest
MOMENT: Final = {"type": "date", "format": "epoch_millis"}
TYPES: Final = {
    "string": "keyword",
    "int64": "long",
    "double": "double",
    "bool": "boolean",
    "list<string>": "keyword",
    "list<double>": "double",
}
NAMED: Final = 5  # differing ids that are named


def _series(alias: str, columns: Sequence[Column]) -> Series:
    fields = {c.name: {"type": TYPES[c.type]} for c in columns} | {"created_at": MOMENT}
    return Series(alias, fields, key=columns[0].name)


GOLDEN: Final = _series("recwheel-golden", COLUMNS)
REQUESTS: Final = _series("recwheel-requests", REQUEST_COLUMNS)
BOTH: Final = (GOLDEN, REQUESTS)


class Comparison(NamedTuple):
    """A day's rows of one series as the log store has them, and as the index has them."""

    series: Series
    wanted: Content
    found: Content
    faults: list[str]  # the first differing rows, in sentences


def rows_of(series: Series, store: LogStore, day: str, personas: Personas) -> Iterator[Row]:
    """The day's rows of a series, out of the log store, in the order of its key."""
    return golden_rows(store, day, personas) if series is GOLDEN else request_rows(store, day)


def days_to_send(store: LogStore, day: str) -> list[str]:
    """`day`, the earlier days made anew with it, and those that never arrived whole; ascending.

    Of these not the ones that a check has stopped since: they wait for their own run.
    """
    unfinished = {each for each in manifests.unfinished(store, ASSET) if each < day}
    if unfinished:
        unfinished &= days_let_through(store)
    return sorted({*days_redone(store, day), *unfinished, day})


def wheel_of(store: LogStore) -> str:
    """Whose state the log store holds: a random id, made once; a copy of the state has the same."""
    name: str = manifests.once(store, *IDENTITY, wheel=uuid4().hex)["wheel"]
    return name


def claim(index: SearchIndex, store: LogStore) -> str:
    """Make both series this wheel's; who that is. SearchIndexRefused when one is another wheel's.

    Before anything is compared: days that this log store does not know would count as deleted.
    """
    wheel = wheel_of(store)
    index.claim(BOTH, wheel)
    return wheel


def index_behind(index: SearchIndex, store: LogStore, besides: Collection[str]) -> Behind:
    """Other days of which the index has not as many rows as the log store, in either series."""
    numbers = [
        (store.rows_by_day(H if series is GOLDEN else I), index.rows_by_day(series))
        for series in BOTH
    ]
    return days_behind(store, numbers, besides)


def begin_days(store: LogStore, days: Sequence[str]) -> None:
    """Note that the days are to be sent: one that does not get its turn is sent the next time."""
    for day in days:
        manifests.begin(store, ASSET, day)


def send_days(
    index: SearchIndex, store: LogStore, days: Sequence[str], personas: Personas
) -> dict[str, Sent]:
    """Make the days' documents those of the log store; each is complete when all were taken.

    SearchIndexRefused, and nothing is written, when the index is another wheel's.
    """
    wheel = claim(index, store)
    return {day: _send_day(index, store, day, personas, wheel) for day in days}


def _send_day(
    index: SearchIndex, store: LogStore, day: str, personas: Personas, wheel: str
) -> Sent:
    sent = Sent()
    for series in BOTH:
        index.prepare(series, day, wheel)
        part = index.replace(series, day, rows_of(series, store, day, personas))
        sent.written += part.written
        sent.removed += part.removed
        sent.refused += part.refused
    if not sent.refused:
        manifests.complete(store, ASSET, day)
    return sent


def compare_day(
    index: SearchIndex, store: LogStore, day: str, personas: Personas
) -> list[Comparison]:
    """What the index gives back for the day, against the log store."""
    return [_compare(index, series, store, day, personas) for series in BOTH]


def _compare(
    index: SearchIndex, series: Series, store: LogStore, day: str, personas: Personas
) -> Comparison:
    wanted = content_of(rows_of(series, store, day, personas))
    found = content_of(index.rows(series, day))
    if wanted == found:
        return Comparison(series, wanted, found, [])
    rows, standing = rows_of(series, store, day, personas), index.rows(series, day)
    differing = islice(differences(rows, standing, series.key), NAMED)
    faults = [f"{d.key} {_what(d.wanted, d.standing)}" for d in differing]
    return Comparison(series, wanted, found, faults)


def _what(wanted: Row | None, standing: Row | None) -> str:
    if standing is None:
        return "is missing"
    if wanted is None:
        return "should be gone"
    names = wanted.keys() | standing.keys()
    other = sorted(name for name in names if wanted.get(name) != standing.get(name))
    return f"differs in {', '.join(other)}"
