from __future__ import annotations

from rec_assets import manifests
from rec_assets.golden.behind import DAYS_A_RUN, Behind, days_behind
from resources.log_store import LogStore
from tests.rec_assets.golden.day_rows import DAYS, H, export_noted, first_days, write_day

FIRST, SECOND, MONTH_LATER = DAYS


def behind(store: LogStore, **standing: int) -> list[str]:
    """Days that a sink is behind in, which holds so many rows of the first two days."""
    held = {"2026-01-05": standing["first"], "2026-01-06": standing["second"]}
    return days_behind(store, [(store.rows_by_day(H), held)], besides=[]).now


def exported_days(store: LogStore) -> None:
    for day in (FIRST, SECOND):
        write_day(store, day, 3)
        export_noted(store, day)


def test_a_day_with_other_numbers_is_behind_and_one_with_the_same_is_not(store: LogStore) -> None:
    exported_days(store)
    assert behind(store, first=3, second=3) == []
    assert behind(store, first=4, second=3) == [FIRST]
    assert behind(store, first=3, second=0) == [SECOND]


def test_a_day_that_a_check_stopped_waits_for_its_own_export(store: LogStore) -> None:
    exported_days(store)
    manifests.complete(store, "training_examples", SECOND, rows=1, late_days=[])
    assert behind(store, first=4, second=4) == [FIRST]
    export_noted(store, SECOND)
    assert behind(store, first=4, second=4) == [FIRST, SECOND]


def test_a_day_that_was_stopped_the_first_time_waits_too(store: LogStore) -> None:
    write_day(store, FIRST, 3)
    assert behind(store, first=0, second=0) == []
    export_noted(store, FIRST)
    assert behind(store, first=0, second=0) == [FIRST]


def test_a_day_that_was_made_anew_with_a_stopped_one_waits_with_it(store: LogStore) -> None:
    exported_days(store)
    manifests.complete(store, "training_examples", SECOND, rows=1, late_days=[FIRST])
    assert behind(store, first=4, second=4) == []


def test_a_day_whose_rows_are_still_coming_is_left_alone(store: LogStore) -> None:
    write_day(store, FIRST, 3)
    store.delete("manifests", {})
    assert behind(store, first=0, second=0) == []
    manifests.begin(store, "training_examples", FIRST)
    store.delete(H, {})
    assert behind(store, first=3, second=0) == []


def test_a_day_of_which_nothing_is_known_any_more_is_behind(store: LogStore) -> None:
    exported_days(store)
    store.delete(H, {"day": FIRST})
    store.delete("manifests", {"day": FIRST})
    assert behind(store, first=3, second=3) == [FIRST]


def test_an_export_of_before_its_examples_were_noted_counts_as_let_through(
    store: LogStore,
) -> None:
    write_day(store, FIRST, 3)
    manifests.complete(store, "golden_export", FIRST, rows=3)
    assert behind(store, first=4, second=0) == [FIRST]


def test_the_oldest_days_come_first_and_the_others_are_named(store: LogStore) -> None:
    days = first_days(DAYS_A_RUN + 2)
    standing = dict.fromkeys(reversed(days), 1)
    found = days_behind(store, [({}, standing), ({}, {})], besides=days[:1])
    assert found == Behind(days[1 : DAYS_A_RUN + 1], days[DAYS_A_RUN + 1 :])
