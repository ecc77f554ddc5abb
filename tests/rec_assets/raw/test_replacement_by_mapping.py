"""A file that is loaded again once a mapping explains it, or no longer does."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from rec_assets.raw import raw_files
from rec_assets.raw.field_mapping import read_mapping
from rec_assets.raw.replacement import Replaced, load_in_place
from rec_assets.raw.vocabulary import OWN, Vocabulary
from resources.log_store import LogStore, open_log_store
from resources.records import QUARANTINE, RAW
from resources.sqlite_log_store import SqliteLogStore
from tests.rec_assets.raw.conftest import Write, run
from tests.rec_assets.raw.test_field_mapping import MAPPING, THEIRS
from tests.rec_assets.raw.test_replacement import Dying, Killed

ROWS = [run(insert_id="i1"), THEIRS, {**THEIRS, "who": None}, run(insert_id="i4", field="poem")]
PLACES = [f"{position:010d}" for position in range(1, 5)]
FIRST, MAPPED = ((PLACES[:1], PLACES[1:]), (PLACES[:2], PLACES[2:]))  # in RAW, in QUARANTINE


@pytest.fixture
def mapped(tmp_path: Path) -> Vocabulary:
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(MAPPING), encoding="utf-8")
    return read_mapping(path)


def load(store: LogStore, path: Path, vocabulary: Vocabulary = OWN) -> Replaced:
    return load_in_place(path, store, path.name, vocabulary)


def stands(store: LogStore) -> tuple[list[str], ...]:
    """The positions of the rows in RAW and of those in QUARANTINE."""
    rows = (chain.from_iterable(store.scan(collection)) for collection in (RAW, QUARANTINE))
    return tuple([row["_id"].partition(":")[2] for row in found] for found in rows)


def told(store: LogStore) -> list[tuple[bool, int, int]]:
    return [(file.complete, file.rows, file.quarantined) for file in raw_files.read_all(store)]


def reasons(store: LogStore) -> dict[str, Any]:
    rows = chain.from_iterable(store.scan(QUARANTINE))
    return {row["_id"].partition(":")[2]: row["reason"] for row in rows}


def test_rows_that_a_mapping_makes_usable_leave_quarantine(
    store: SqliteLogStore, write: Write, mapped: Vocabulary
) -> None:
    path = write(ROWS)
    load(store, path)
    assert stands(store) == FIRST
    assert load(store, path, mapped).removed == 0
    assert stands(store) == MAPPED
    assert told(store) == [(True, 2, 2)]


def test_rows_that_are_usable_no_more_leave_the_raw_store(
    store: SqliteLogStore, write: Write, mapped: Vocabulary
) -> None:
    path = write(ROWS)
    load(store, path, mapped)
    assert load(store, path).removed == 1
    assert stands(store) == FIRST
    assert told(store) == [(True, 1, 3)]


def test_a_whole_file_goes_there_and_back(
    store: SqliteLogStore, write: Write, mapped: Vocabulary
) -> None:
    path = write([THEIRS] * 3)
    for vocabulary, wanted in ((OWN, ([], PLACES[:3])), (mapped, (PLACES[:3], []))) * 2:
        load(store, path, vocabulary)
        assert stands(store) == wanted


def test_a_row_that_stays_aside_says_why_by_the_mapping_of_now(
    store: SqliteLogStore, write: Write, mapped: Vocabulary
) -> None:
    path = write(ROWS)
    load(store, path)
    before = reasons(store)[PLACES[2]]
    done = load(store, path, mapped)
    assert reasons(store)[PLACES[2]] != before
    assert done.summary.quarantined_new == 1
    assert load(store, path, mapped).summary.quarantined_new == 0


def test_a_second_name_of_the_content_tells_the_same_of_it(
    store: SqliteLogStore, write: Write, mapped: Vocabulary
) -> None:
    load(store, write(ROWS, "a.jsonl"))
    assert load(store, write(ROWS, "b.jsonl"), mapped).same_content_as == ["a.jsonl"]
    assert stands(store) == MAPPED
    assert told(store) == [(True, 2, 2)] * 2


def test_other_files_stay_as_they_are(
    store: SqliteLogStore, write: Write, mapped: Vocabulary
) -> None:
    load(store, write([*ROWS, {}], "other.jsonl"))
    raw, aside = stands(store)
    path = write(ROWS)
    load(store, path)
    load(store, path, mapped)
    found = tuple(sorted(places) for places in stands(store))
    assert found == (sorted(raw + MAPPED[0]), sorted(aside + MAPPED[1]))


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("verbs", range(7))
def test_a_kill_anywhere_is_mended_by_the_same_load(
    store: SqliteLogStore, write: Write, mapped: Vocabulary, verbs: int, there: bool
) -> None:
    path, (before, now) = write(ROWS), (OWN, mapped) if there else (mapped, OWN)
    load(store, path, before)
    try:
        load(Dying(store, verbs), path, now)  # type: ignore[arg-type]
    except Killed:
        assert [complete for complete, _, _ in told(store)] == [verbs == 0]
    load(store, path, now)
    assert stands(store) == (MAPPED if there else FIRST)
    assert told(store) == [(True, 2, 2) if there else (True, 1, 3)]


def test_mongodb_settles_alike(wire_url: str, write: Write, mapped: Vocabulary) -> None:
    on_mongo = open_log_store(f"{wire_url}/mapped")
    path = write(ROWS)
    for vocabulary, wanted in ((OWN, FIRST), (mapped, MAPPED), (OWN, FIRST)):
        load(on_mongo, path, vocabulary)
        found = tuple(sorted(places) for places in stands(on_mongo))
        assert found == wanted
    on_mongo.close()
