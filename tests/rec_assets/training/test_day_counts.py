from __future__ import annotations

from pathlib import Path

from rec_assets.training.day_counts import DayCounts, keep_counts, read_counts
from resources.records import TrainingExample, from_row
from resources.sqlite_log_store import SqliteLogStore
from tests.builders import example

LEFT = {
    "executed": False, "accepted": False, "category": None, "intensity": None, "language": None,
    "runs": 0, "text_language": None, "origin": "simulation",
}  # fmt: skip
ROWS = [example("a1"), example("a2", error="rejected in C but selected in D", runs=2)]
ROWS += [example("a3", user_id="u2", **LEFT)]


def counted() -> DayCounts:
    counts = DayCounts()
    counts.take(ROWS)
    return counts


def test_rows_are_counted_by_what_became_of_them() -> None:
    counts = counted()
    assert (counts.examples, counts.executed, counts.accepted, counts.runs) == (3, 2, 2, 3)
    assert (counts.simulated, counts.simulated_runs, counts.contradictions) == (1, 0, 1)
    assert (counts.people, counts.people_executed) == (2, 1)
    assert counts.category == {"thesis": 2}
    assert counts.text_language == {"ko": 2, "unknown": 1}


def test_records_count_like_the_rows_that_they_are_stored_as() -> None:
    of_records = DayCounts()
    of_records.take([from_row(TrainingExample, row) for row in ROWS])
    assert of_records == counted()


def test_a_day_counted_again_replaces_what_was_kept(tmp_path: Path) -> None:
    store = SqliteLogStore(tmp_path / "log.sqlite")
    keep_counts(store, "2026-03-02", DayCounts(examples=7))
    again = counted()
    again.drop({"B without its A": 2})
    keep_counts(store, "2026-03-02", again)
    assert read_counts(store, ["2026-03-01", "2026-03-02"]) == {"2026-03-02": again}
    store.close()
