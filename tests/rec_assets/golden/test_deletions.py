"""What is deleted from the log store disappears from both sinks with the next run of any day."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import dagster as dg
import pandas as pd
import pyarrow.parquet as pq

from rec_assets import manifests
from rec_assets.golden.behind import DAYS_A_RUN
from rec_assets.golden.files import rows_written
from rec_assets.golden.index import GOLDEN, REQUESTS, compare_day
from resources.log_store import LogStore
from resources.search_index import SearchIndex
from resources.settings import Settings
from tests.rec_assets.golden.day_rows import (
    DAYS,
    H,
    I,
    export_noted,
    first_days,
    materialize,
    metadata,
    write_day,
)
from tests.resources.elasticsearch_contract.server import Contract

FIRST, SECOND, MONTH_LATER = DAYS
LEFT = "days_left_to_the_next_run"
SINKS = ("golden_export", "golden_index")


def users_of(server: Contract, day: str) -> list[set[str]]:
    """Whose rows a day has: in Parquet, in the golden index, in that of the requests."""
    path = Settings().home / "golden" / f"day={day}" / "part-0.parquet"
    index = SearchIndex(server.url)
    return [
        set(pq.read_table(path).column("user_id").to_pylist()),
        *({row["user_id"] for row in index.rows(series, day)} for series in (GOLDEN, REQUESTS)),
    ]


def test_rows_of_one_person_over_forty_days_disappear_with_the_next_two_runs(
    store: LogStore, instance: dg.DagsterInstance, server: Contract
) -> None:
    *before, last = days = first_days(41)
    for day in days:
        write_day(store, day, 12)
        export_noted(store, day)
    for left in (before[DAYS_A_RUN:], []):  # the sinks know none of the days yet
        result = materialize(instance, last)
        assert [metadata(result, sink)[LEFT] for sink in SINKS] == [left, left]
    assert all(users_of(server, day) == [{"user-0", "user-1"}] * 3 for day in days)

    for collection in (H, I):
        assert store.delete(collection, {"user_id": "user-1"}) == 82
    result = materialize(instance, last)
    for sink in SINKS:
        assert metadata(result, sink)["days_that_differed"] == before[:DAYS_A_RUN]
        assert metadata(result, sink)[LEFT] == before[DAYS_A_RUN:]
    assert metadata(result)["removed"] == 4 * (DAYS_A_RUN + 1)
    assert users_of(server, before[DAYS_A_RUN]) == [{"user-0", "user-1"}] * 3
    result = materialize(instance, last)
    assert [metadata(result, sink)[LEFT] for sink in SINKS] == [[], []]
    assert all(users_of(server, day) == [{"user-0"}] * 3 for day in days)
    index = SearchIndex(server.url)
    compared = [one for day in days for one in compare_day(index, store, day, {})]
    assert all(one.wanted == one.found and one.found.rows == 10 for one in compared)
    assert manifests.unfinished(store, "golden_index") == []
    again = metadata(materialize(instance, last))
    assert (again["days"], again["written"], again["removed"]) == ([last], 0, 0)


def test_a_day_that_is_deleted_whole_is_gone_from_both_sinks(
    store: LogStore, instance: dg.DagsterInstance, server: Contract
) -> None:
    for day in (FIRST, SECOND):
        write_day(store, day, 5)
        assert materialize(instance, day).success
    for collection in (H, I, "manifests"):
        store.delete(collection, {"day": FIRST})
    assert metadata(materialize(instance, SECOND))["removed"] == 10
    assert users_of(server, FIRST) == [set(), set(), set()]
    assert SearchIndex(server.url).rows_by_day(GOLDEN) == {SECOND: 5}
    assert rows_written(store, Settings().home / "golden") == {FIRST: 0, SECOND: 5}


def test_rows_that_only_the_requests_lost_are_followed(
    store: LogStore, instance: dg.DagsterInstance, server: Contract
) -> None:
    for day in (FIRST, SECOND):
        write_day(store, day, 12)
        materialize(instance, day)
    store.delete(I, {"_id": f"{FIRST}-00011"})
    result = materialize(instance, SECOND)
    assert metadata(result, "golden_export")["days_that_differed"] == []
    assert metadata(result)["days_that_differed"] == [FIRST]
    assert metadata(result)["removed"] == 1


def test_a_day_made_anew_and_stopped_by_a_check_stays_as_it_was(
    store: LogStore, instance: dg.DagsterInstance, server: Contract
) -> None:
    for day in (FIRST, SECOND):
        write_day(store, day, 12)
        materialize(instance, day)
    store.delete(H, {"day": FIRST})
    manifests.complete(store, "training_examples", FIRST, rows=1, late_days=[])
    result = materialize(instance, SECOND)
    assert [metadata(result, sink)["days_that_differed"] for sink in SINKS] == [[], []]
    assert users_of(server, FIRST) == [{"user-0", "user-1"}] * 3


def test_a_day_that_never_arrived_and_was_stopped_since_waits_for_its_own_run(
    store: LogStore, instance: dg.DagsterInstance, server: Contract
) -> None:
    for day in (FIRST, SECOND):
        write_day(store, day, 12)
        export_noted(store, day)
    manifests.begin(store, "golden_index", FIRST)  # the index was away then
    manifests.complete(store, "training_examples", FIRST, rows=13, late_days=[])
    assert metadata(materialize(instance, SECOND))["days"] == [SECOND]
    assert manifests.unfinished(store, "golden_index") == [FIRST]
    export_noted(store, FIRST)
    assert metadata(materialize(instance, SECOND))["days"] == [FIRST, SECOND]
    assert manifests.unfinished(store, "golden_index") == []


def test_a_file_that_was_lost_or_cut_short_is_written_again(
    store: LogStore, instance: dg.DagsterInstance
) -> None:
    for day in DAYS:
        write_day(store, day, 5)
        materialize(instance, day)
    folder = Settings().home / "golden"
    (folder / f"day={FIRST}" / "part-0.parquet").unlink()
    (folder / f"day={SECOND}" / "part-0.parquet").write_bytes(b"PAR1")
    result = materialize(instance, MONTH_LATER)
    assert metadata(result, "golden_export")["days_that_differed"] == [FIRST, SECOND]
    assert rows_written(store, folder) == dict.fromkeys(DAYS, 5)


def test_the_folder_is_one_table_with_every_day_and_older_files_in_it_become_so(
    store: LogStore, instance: dg.DagsterInstance
) -> None:
    folder = Settings().home / "golden"
    for day in (FIRST, SECOND):
        write_day(store, day, 5)
        materialize(instance, day)
    assert rows_by_day_of(folder) == {FIRST: 5, SECOND: 5}
    (folder / "README.md").write_text("| column |")
    older = folder / f"day={FIRST}" / "part-0.parquet"
    table = pq.read_table(older)
    at = table.schema.get_field_index("day")
    pq.write_table(table.set_column(at, "day", table["day"].cast("string")), older)
    write_day(store, MONTH_LATER, 5)
    result = materialize(instance, MONTH_LATER)
    assert metadata(result, "golden_export")["days_that_differed"] == [FIRST]
    assert rows_by_day_of(folder) == dict.fromkeys(DAYS, 5)


def rows_by_day_of(folder: Path) -> dict[str, int]:
    """The rows of each day as an analyst counts them, who reads the folder as one table."""
    table = pq.read_table(folder)
    found = Counter(str(day) for day in table["day"].to_pylist())
    for day, rows in found.items():
        assert set(table["example_id"].to_pylist()) >= {f"{day}-00000"}
        assert len(pd.read_parquet(folder, filters=[("day", "==", day)])) == rows
        assert len(pd.read_parquet(folder / f"day={day}")) == rows
        assert set(pd.read_parquet(folder / f"day={day}" / "part-0.parquet")["day"]) == {day}
    assert len(pd.read_parquet(folder)) == found.total()
    return dict(found)
