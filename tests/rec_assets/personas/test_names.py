"""Names from one mining to the next: they mean one group for good."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from rec_assets.personas.mining import Mined, mine_personas
from rec_assets.personas.stored import read_former, write_former
from rec_assets.raw.activity import Activity
from resources.sqlite_log_store import SqliteLogStore
from tests.rec_assets.personas.exports import FIVE, Groups, planted

DAYS_BEFORE_THE_LAST = 1.7e9 + 86_400.0 * 26  # a run a day, thirty on average


def until(activity: Activity, moment: float) -> Activity:
    """The same export some days earlier."""
    parts = (activity.runs, activity.selections, activity.corrections)
    cut = [table[table["time"] < moment].reset_index(drop=True) for table in parts]
    return Activity(activity.persons, *cut, repeated=0, shared_devices=0)


def names_of(mined: Mined, activity: Activity, groups: Groups) -> list[str]:
    """The name that most people of each planted group got."""
    assert len(mined.labels) == activity.persons
    starts = np.cumsum([0, *(people for _, _, people in groups)])
    return [mined.names[np.bincount(mined.labels[a:b]).argmax()] for a, b in pairwise(starts)]


def mined_again(activity: Activity, before: Mined, seed: int = 7) -> Mined:
    return mine_personas(activity, seed=seed, previous=before.personas, former=before.former)


def names(mined: Mined) -> set[str]:
    return {persona.name for persona in mined.personas}


whole_export = cache(planted)


@cache
def first_mining() -> Mined:
    return mine_personas(until(whole_export(), DAYS_BEFORE_THE_LAST), seed=7)


def test_a_day_more_and_another_seed_leave_every_name_with_its_group() -> None:
    first = names_of(first_mining(), whole_export(), FIVE)
    assert len(set(first)) == 5
    for seed in (7, 8):
        assert (
            names_of(mined_again(whole_export(), first_mining(), seed), whole_export(), FIVE)
            == first
        )


def test_names_that_people_gave_stay_too_however_the_groups_come_out_ordered() -> None:
    turned: Groups = FIVE[::-1]
    backwards = planted(turned)
    assert (
        names_of(mined_again(backwards, first_mining()), backwards, turned)
        == (names_of(first_mining(), whole_export(), FIVE)[::-1])
    )


def test_of_a_group_that_splits_one_part_keeps_the_name_and_the_other_gets_a_new_one() -> None:
    split: Groups = [*FIVE[1:], ("none", "moderate", 38), ("none", "strong", 35)]
    made = planted(split)
    second = names_of(mined_again(made, first_mining()), made, split)
    first = names_of(first_mining(), whole_export(), FIVE)
    assert second[:4] == first[1:]
    assert second[4] == first[0]
    assert second[5] not in first


def test_the_name_of_a_group_that_is_gone_is_not_given_to_another() -> None:
    """In its place comes another group of the same category, which would like that name best."""
    other: Groups = [*FIVE[:2], ("thesis", "weak", 36), *FIVE[3:]]
    made = planted(other)
    second = mined_again(made, first_mining())
    found, first = names_of(second, made, other), names_of(first_mining(), whole_export(), FIVE)
    assert first[2] == "Academic_Writer"
    assert found[2] not in first
    assert found[2].endswith("Academic_Writer") or found[2].startswith("Academic_Writer")
    assert [found[g] for g in (0, 1, 3, 4)] == [first[g] for g in (0, 1, 3, 4)]


def test_a_group_that_comes_back_has_its_name_again() -> None:
    four: Groups = [*FIVE[:2], *FIVE[3:]]
    made = planted(four)
    without = mined_again(made, first_mining())
    assert "Academic_Writer" not in names(without)
    back = mined_again(whole_export(), without)
    assert names_of(back, whole_export(), FIVE) == names_of(first_mining(), whole_export(), FIVE)


def test_a_third_mining_knows_the_names_of_the_first() -> None:
    four: Groups = [*FIVE[:2], *FIVE[3:]]
    without = mined_again(planted(four), first_mining())
    other: Groups = [*four, ("thesis", "weak", 36)]
    made = planted(other)
    assert names_of(mined_again(made, without), made, other)[4] != "Academic_Writer"


def test_all_names_ever_given_are_kept_in_the_store(tmp_path: Path) -> None:
    store = SqliteLogStore(tmp_path / "log.sqlite")
    assert read_former(store) == []
    write_former(store, first_mining().former)
    assert read_former(store) == first_mining().former
    assert {persona.name for persona in first_mining().former} == names(first_mining())
    store.close()
