"""The wheel as a whole: one seed, one result, however it is turned."""

from pathlib import Path

import pytest

from rec_assets.commands.turn import why_failed
from rec_assets.personas.stored import read_stored, write_stored
from resources.records import COLLECTIONS, DRAWN_FROM
from tests.rec_assets.wheel import DAYS, Wheel, wheel

DERIVED = ("training_examples", "user_profiles", "cluster_profiles", "serving_profiles")


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory):
    with wheel(tmp_path_factory.mktemp("turned") / "home") as whole:
        whole.complete(*DAYS)
        yield whole


def test_chains_profiles_and_clusters_stand_after_three_days(turned: Wheel) -> None:
    assert turned.store.count(COLLECTIONS["A"]) == 150
    assert turned.store.count(COLLECTIONS["H"]) == 150
    assert turned.store.count(COLLECTIONS["G"]) > 10
    assert turned.store.count(COLLECTIONS["J"], {"day": DAYS[2]}) > 5
    served = turned.cache.served_version()
    assert served is not None
    assert served.day == DAYS[2]


def test_a_day_materialized_again_changes_nothing(turned: Wheel) -> None:
    before, served = turned.digests(), turned.cache.dump()
    for day in (DAYS[1], DAYS[2], DAYS[0]):
        turned.complete(day)
        assert turned.digests() == before
        assert turned.cache.dump() == served


def test_a_failed_blocking_check_leaves_redis_byte_for_byte(turned: Wheel) -> None:
    served = turned.cache.dump()
    row = next(row for batch in turned.store.scan(COLLECTIONS["G"]) for row in batch)
    untrue = {"preferred_category_vector": [0.5] * 7, "evidence": {DAYS[0]: [[0, 0, 1, 0, 1, 1]]}}
    turned.store.put(COLLECTIONS["G"], [{**row, **untrue, "_id": "bad", "user_id": "bad"}])
    result = turned.turn(DAYS[2])
    turned.store.delete(COLLECTIONS["G"], {"_id": "bad"})
    named = "1 × preferred_category_vector that is no distribution of 7 (bad)"
    assert f"profiles_are_normalised: {named}" in why_failed(result)
    assert turned.cache.dump() == served


def test_traffic_of_a_day_whose_eve_is_missing_says_which_day(turned: Wheel) -> None:
    result = turned.turn("2026-01-10")
    failed = [e for e in result.all_events if e.is_step_failure]
    assert "2026-01-09 is not complete" in failed[0].step_failure_data.user_failure_data.description


def test_days_with_a_changed_day_redone_equal_a_build_in_order(
    turned: Wheel, tmp_path: Path
) -> None:
    with wheel(tmp_path / "redone") as redone:
        copy_traffic(turned, redone)
        for day in DAYS:
            redone.complete(day, only=DERIVED)
        lose_some_of(redone, DAYS[1])
        redone.complete(DAYS[1], DAYS[2], only=DERIVED)
        with wheel(tmp_path / "ordered") as ordered:
            copy_traffic(redone, ordered)
            ordered.complete(*DAYS, only=DERIVED)
            assert redone.digests() == ordered.digests()


def test_on_mongodb_over_the_wire_one_bot_at_a_time_gives_the_same_digests_as_sixteen_here(
    turned: Wheel, tmp_path: Path, wire_url: str
) -> None:
    with wheel(tmp_path / "mongo", log_url=f"{wire_url}/wheel", concurrency=1) as on_mongo:
        on_mongo.complete(*DAYS)
        assert on_mongo.digests() == turned.digests()


def test_a_day_whose_eve_has_no_clusters_is_refused(turned: Wheel, tmp_path: Path) -> None:
    with wheel(tmp_path / "gap") as gap:
        copy_traffic(turned, gap)
        result = gap.turn(DAYS[1], only=DERIVED)
        assert f"cluster_profiles of {DAYS[0]} is missing" in why_failed(result)


def test_mining_anew_turns_no_bot_into_another_person(turned: Wheel) -> None:
    before = turned.digests()
    write_stored(turned.store, read_stored(turned.store)[:1])
    turned.complete(DAYS[2])
    after = turned.digests()
    assert {k: v for k, v in after.items() if k != "personas"} == {
        k: v for k, v in before.items() if k != "personas"
    }
    assert len(read_stored(turned.store, DRAWN_FROM)) == 3


def test_a_user_whose_evidence_is_gone_is_served_no_longer(turned: Wheel, tmp_path: Path) -> None:
    with wheel(tmp_path / "ghost") as ghost:
        copy_traffic(turned, ghost)
        ghost.complete(DAYS[0], only=DERIVED)
        user = next(
            r["user_id"] for b in ghost.store.scan(COLLECTIONS["H"], days=[DAYS[0]]) for r in b
        )
        for letter in "ABCD":
            ghost.store.delete(COLLECTIONS[letter], {"day": DAYS[0], "user_id": user})
        ghost.complete(DAYS[0], only=DERIVED)
        assert f"user_profile:{user}".encode() not in ghost.cache.dump()


def test_a_raw_file_is_named_never_reached_by_a_path(turned: Wheel, tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text("{}", encoding="utf-8")
    turned.instance.add_dynamic_partitions("raw_files", [str(secret)])
    assert "is not in the inbox" in why_failed(turned.run("load", str(secret)))


def copy_traffic(source: Wheel, target: Wheel) -> None:
    for letter in "ABCDE":
        for batch in source.store.scan(COLLECTIONS[letter]):
            target.store.append(COLLECTIONS[letter], batch)


def lose_some_of(whole: Wheel, day: str) -> None:
    """Delete every chain of three users on the day, and one C."""
    users = sorted(
        {r["user_id"] for b in whole.store.scan(COLLECTIONS["A"], days=[day]) for r in b}
    )
    for letter in "ABCD":
        for user in users[:3]:
            whole.store.delete(COLLECTIONS[letter], {"day": day, "user_id": user})
    selections = next(whole.store.scan(COLLECTIONS["C"], days=[day]))
    whole.store.delete(COLLECTIONS["C"], {"_id": selections[0]["_id"]})
