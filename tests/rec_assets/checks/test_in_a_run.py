"""The checks as a day's run meets them: sound days pass, a planted fault stops what it should."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import msgspec
import numpy as np
import pytest

from rec_api.shrinkage import decay
from rec_assets.clusters.clusters import Crowd, crowd_on, member_row
from rec_assets.commands.turn import why_failed
from rec_assets.definitions import defs
from rec_assets.training.day_counts import ASSET, WORDS
from rec_assets.training.examples import Chains, Examples, join_chains
from resources.packed_arrays import pack
from resources.preferences import Evidence
from resources.records import COLLECTIONS, MANIFESTS, ClusterMember, Row
from tests.benchmarks.cloned_rows import clone
from tests.rec_assets.wheel import DAYS, Wheel, wheel

BELOW = (
    "training_examples", "user_profiles", "cluster_profiles", "serving_profiles", "golden_export",
)  # fmt: skip
EVE, DAY, EMPTY = DAYS
PROMPT, EDITED = "부드럽게 다듬어 주세요", "손을 본 문장"
A_DAY = 120  # sessions: more than the floor under which counts are not judged
CHECKS = {
    key.name
    for key in defs.resolve_asset_graph().asset_check_keys
    if key.asset_key.to_user_string() in BELOW
}


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wheel]:
    """A wheel whose first two days stand; every test leaves it as it was."""
    folder = tmp_path_factory.mktemp("checked") / "home"
    with wheel(folder, sessions=3 * A_DAY) as whole:
        whole.complete(EVE, DAY)
        yield whole


def redo(whole: Wheel, day: str = DAY) -> dg.ExecuteInProcessResult:
    """Everything below the traffic of a day, whether it fails or not."""
    return whole.turn(day, only=BELOW)


def made(result: dg.ExecuteInProcessResult) -> set[str]:
    return {name for name in BELOW if result.asset_materializations_for_node(name)}


def found(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {e.check_name: e for e in result.get_asset_check_evaluations()}


def not_passed(result: dg.ExecuteInProcessResult) -> set[str]:
    return {name for name, e in found(result).items() if not e.passed}


def rows(whole: Wheel, letter: str, day: str = DAY) -> list[Row]:
    return [r for b in whole.store.scan(COLLECTIONS[letter], days=[day]) for r in b]


def a_bad_profile(whole: Wheel) -> Row:
    """A row of G whose categories are no distribution."""
    row = next(r for b in whole.store.scan(COLLECTIONS["G"]) for r in b)
    untrue = {"preferred_category_vector": [0.5] * 7, "evidence": {EVE: [[0, 0, 1, 0, 1, 1]]}}
    return {**row, **untrue, "_id": "bad", "user_id": "bad"}


@contextmanager
def changed(whole: Wheel, letters: str, day: str = DAY) -> Iterator[None]:
    """Whatever is done to these records of the day is undone afterwards."""
    kept = {letter: rows(whole, letter, day) for letter in letters}
    try:
        yield
    finally:
        for letter, of_letter in kept.items():
            whole.store.replace(COLLECTIONS[letter], {"day": day}, of_letter)


@contextmanager
def manifest(whole: Wheel, asset: str, day: str, **other: Any) -> Iterator[None]:
    """A day's manifest says something else meanwhile."""
    (kept,) = whole.store.get(MANIFESTS, [f"{asset}/{day}"]).values()
    whole.store.put(MANIFESTS, [{**kept, **other}])
    try:
        yield
    finally:
        whole.store.put(MANIFESTS, [kept])


def test_every_check_passes_on_sound_days_the_first_among_them(turned: Wheel) -> None:
    for day in (EVE, DAY):
        result = redo(turned, day)
        assert set(found(result)) == CHECKS
        assert not_passed(result) == set()
        assert made(result) == set(BELOW)
        assert all(e.description for e in found(result).values())


def test_a_run_that_lost_its_recommendation_stops_the_day_and_is_named(turned: Wheel) -> None:
    served = turned.cache.dump()
    lost = rows(turned, "B")[0]
    with changed(turned, "A"):
        turned.store.delete(COLLECTIONS["A"], {"_id": lost["source_recommend_event_id"]})
        result = redo(turned)
    assert not_passed(result) == {"chains_are_linked"}
    assert f"1 × B without its A ({lost['_id']} of A" in why_failed(result)
    assert made(result) == {"training_examples"}
    assert turned.cache.dump() == served


def test_a_person_overrules_a_check_by_materializing_what_is_downstream(turned: Wheel) -> None:
    lost = rows(turned, "B")[0]
    with changed(turned, "A"):
        turned.store.delete(COLLECTIONS["A"], {"_id": lost["source_recommend_event_id"]})
        assert not redo(turned).success
        overruled = turned.turn(DAY, only=BELOW[1:])
    assert overruled.success
    assert made(overruled) == set(BELOW[1:])
    assert redo(turned).success


def test_h_that_lost_a_row_stops_the_day(turned: Wheel, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = sorted(row["_id"] for row in rows(turned, "A"))

    def losing(chains: Chains, consistency_seconds: float) -> Examples:
        whole = join_chains(chains, consistency_seconds)
        whole.rows = [row for row in whole.rows if row.id != asked[0]]
        return whole

    monkeypatch.setattr("rec_assets.training.assets.join_chains", losing)
    result = redo(turned)
    assert not_passed(result) == {"examples_account_for_all"}
    assert f"1 × A without a row of H ({asked[0]})" in why_failed(result)
    assert made(result) == {"training_examples"}


def test_a_contradiction_that_nobody_counted_stops_the_day(
    turned: Wheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rec_assets.training.assets.keep_counts", lambda *_: None)
    (rejected, *_) = (row for row in rows(turned, "C") if not row["accepted"])
    with changed(turned, "D"):
        (told,) = turned.store.get(COLLECTIONS["D"], [rejected["correction_history_id"]]).values()
        turned.store.put(COLLECTIONS["D"], [{**told, "selected_index": 0}])
        result = redo(turned)
    assert not_passed(result) == {"examples_account_for_all"}
    assert f"{DAY}: 1 in H, 0 counted" in why_failed(result)


def test_a_contradiction_that_the_join_loses_stops_the_day_and_is_named(
    turned: Wheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def losing(chains: Chains, consistency_seconds: float) -> Examples:
        whole = join_chains(chains, consistency_seconds)
        whole.rows = [msgspec.structs.replace(row, error=None) for row in whole.rows]
        return whole

    monkeypatch.setattr("rec_assets.training.assets.join_chains", losing)
    (rejected, *_) = (row for row in rows(turned, "C") if not row["accepted"])
    with changed(turned, "D"):
        (told,) = turned.store.get(COLLECTIONS["D"], [rejected["correction_history_id"]]).values()
        turned.store.put(COLLECTIONS["D"], [{**told, "selected_index": 0}])
        result = redo(turned)
    assert not_passed(result) == {"examples_account_for_all"}
    named = f"C {rejected['_id']} of A {rejected['source_recommend_event_id']}"
    assert f"1 × contradiction that H does not tell ({named})" in why_failed(result)


def test_vectors_of_two_lengths_stop_the_day(turned: Wheel) -> None:
    with changed(turned, "E"):
        block = rows(turned, "E")[0]
        shorter = {**block, "embedding": pack(np.zeros(128, np.float32))}
        turned.store.put(COLLECTIONS["E"], [shorter])
        result = redo(turned)
    assert not_passed(result) == {"vectors_are_of_one_kind"}
    assert "with 128 dimensions (1)" in why_failed(result)
    assert made(result) == {"training_examples"}


def test_a_late_row_with_a_vector_of_another_length_stops_the_day_on_which_it_came(
    turned: Wheel,
) -> None:
    with changed(turned, "ABE", EVE):
        block = next(r for r in rows(turned, "E", EVE) if r["embedding"] is not None)
        event = next(r for r in rows(turned, "A", EVE) if r["context_hash"] == block["_id"])
        turned.store.put(COLLECTIONS["A"], [{**event, "arrived_on": DAY}])
        shorter = {**block, "embedding": pack(np.zeros(128, np.float32)), "arrived_on": DAY}
        turned.store.put(COLLECTIONS["E"], [shorter])
        result = redo(turned)
    assert not_passed(result) == {"vectors_are_of_one_kind"}
    assert f"late rows of {EVE}: H holds vectors of 2 kinds" in why_failed(result)
    assert f"in E ({block['_id']})" in why_failed(result)
    assert redo(turned, EVE).success


def test_a_day_that_lost_more_than_half_of_its_people_stops(turned: Wheel) -> None:
    by_user = [row["user_id"] for row in rows(turned, "A")]
    with changed(turned, "ABCDE"):
        for user in sorted(set(by_user), key=lambda user: (-by_user.count(user), user))[:8]:
            for letter in "ABCDE":
                turned.store.delete(COLLECTIONS[letter], {"day": DAY, "user_id": user})
        result = redo(turned)
    assert "traffic_did_not_halve" in not_passed(result)
    assert "50% are asked for" in why_failed(result)
    assert made(result) == {"training_examples"}
    assert redo(turned).success


def test_a_profile_that_is_no_distribution_stops_serving_but_not_golden_data(
    turned: Wheel,
) -> None:
    served = turned.cache.dump()
    turned.store.put(COLLECTIONS["G"], [a_bad_profile(turned)])
    result = redo(turned)
    turned.store.delete(COLLECTIONS["G"], {"_id": "bad"})
    assert not_passed(result) == {"profiles_are_normalised"}
    assert made(result) == {"training_examples", "user_profiles", "golden_export"}
    assert turned.cache.dump() == served


def test_users_that_halved_stop_serving(turned: Wheel) -> None:
    with manifest(turned, "user_profiles", EVE, users=500):
        result = redo(turned)
    assert not_passed(result) == {"users_did_not_halve"}
    assert "serving_profiles" not in made(result)


def test_a_user_without_a_cluster_stops_serving(
    turned: Wheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten = rows(turned, "G")[0]["_id"]

    def mistaken(day: str, member: tuple[str, str, float]) -> ClusterMember:
        user, *rest = member
        return member_row(day, ("nobody" if user == forgotten else user, *rest))

    monkeypatch.setattr("rec_assets.clusters.assets.member_row", mistaken)
    result = redo(turned)
    assert not_passed(result) == {"clusters_cover_profiles"}
    assert f"1 × user of G in no cluster ({forgotten})" in why_failed(result)
    assert "1 × user in J but not in G (nobody)" in why_failed(result)
    assert made(result) == set(BELOW) - {"serving_profiles"}


def test_clusters_that_jump_stop_serving_and_say_from_where_to_where(
    turned: Wheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exchanged(day: str, profiles: list[Row]) -> Crowd:
        crowd = crowd_on(day, profiles)
        moved = (Evidence(np.roll(e.ci, 1, axis=0), e.ltl, e.n) for e in crowd.evidence)
        return Crowd(crowd.users, tuple(moved))

    served = turned.cache.dump()
    monkeypatch.setattr("rec_assets.clusters.assets.crowd_on", exchanged)
    result = redo(turned)
    assert not_passed(result) == {"clusters_did_not_jump"}
    assert "users moved by" in why_failed(result)
    assert "→" in why_failed(result)
    assert made(result) == set(BELOW) - {"serving_profiles"}
    assert turned.cache.dump() == served


@pytest.mark.parametrize("word", [*WORDS, "text_language"])
def test_options_that_drift_are_warned_of_and_stop_nothing(turned: Wheel, word: str) -> None:
    before = {word: {"something_else": 10_000}, "people": 10_000, "people_executed": 10_000}
    with manifest(turned, ASSET, EVE, **before):
        result = redo(turned)
    assert not_passed(result) == {f"{word}_did_not_drift"}
    assert found(result)[f"{word}_did_not_drift"].severity == dg.AssetCheckSeverity.WARN
    assert result.success
    assert made(result) == set(BELOW)


def test_an_accept_rate_that_drifts_is_warned_of_and_stops_nothing(turned: Wheel) -> None:
    with manifest(turned, ASSET, EVE, accepted=0, executed=10_000, people_executed=10_000):
        result = redo(turned)
    assert not_passed(result) == {"accept_rate_did_not_drift"}
    assert result.success
    assert made(result) == set(BELOW)


def test_degraded_answers_are_warned_of_and_stop_nothing(turned: Wheel) -> None:
    with changed(turned, "A"):
        lacking = [{**row, "degraded": ["encoder"]} for row in rows(turned, "A")[:40]]
        turned.store.put(COLLECTIONS["A"], lacking)
        result = redo(turned)
    assert not_passed(result) == {"few_answers_were_degraded"}
    assert "answer without encoder" in found(result)["few_answers_were_degraded"].description
    assert made(result) == set(BELOW)


def test_a_day_without_traffic_is_warned_of_and_stops_nothing(turned: Wheel) -> None:
    result = redo(turned, EMPTY)
    assert not_passed(result) == {"traffic_did_not_halve"}
    assert "no recommendations at all" in found(result)["traffic_did_not_halve"].description
    assert result.success
    assert made(result) == set(BELOW)


def test_a_day_of_hundredfold_traffic_is_warned_of_and_stops_nothing(
    turned: Wheel, tmp_path: Path
) -> None:
    with wheel(tmp_path / "crowded") as crowded:
        for letter in "ABCDE":
            crowded.store.append(COLLECTIONS[letter], rows(turned, letter, EVE))
            for number in range(100):
                again = [clone(r, number, r["user_id"], DAY) for r in rows(turned, letter, EVE)]
                crowded.store.append(COLLECTIONS[letter], again)
        assert crowded.store.count(COLLECTIONS["A"], {"day": DAY}) == 100 * A_DAY
        crowded.complete(EVE, only=BELOW)
        result = redo(crowded, DAY)
    assert not_passed(result) == {"traffic_did_not_halve"}
    assert "100 times the most" in found(result)["traffic_did_not_halve"].description
    assert made(result) == set(BELOW)


def test_a_late_row_that_breaks_an_earlier_day_is_found_on_the_day_it_came(turned: Wheel) -> None:
    late = {**rows(turned, "B", EVE)[0], "_id": "late", "arrived_on": DAY}
    lost = {**late, "source_recommend_event_id": "nowhere"}
    with changed(turned, "B", EVE):
        turned.store.append(COLLECTIONS["B"], [lost])
        result = redo(turned)
    assert not_passed(result) == {"chains_are_linked"}
    assert "B without its A (late of A nowhere)" in why_failed(result)
    assert redo(turned, EVE).success


def test_a_fault_that_was_overruled_on_its_day_does_not_stop_the_day_of_a_late_row(
    turned: Wheel,
) -> None:
    lost, sound = rows(turned, "B", EVE)[0], rows(turned, "C", EVE)[-1]
    with changed(turned, "AC", EVE):
        turned.store.delete(COLLECTIONS["A"], {"_id": lost["source_recommend_event_id"]})
        assert not_passed(redo(turned, EVE)) == {"chains_are_linked"}
        assert turned.turn(EVE, only=BELOW[1:]).success
        turned.store.put(COLLECTIONS["C"], [{**sound, "arrived_on": DAY}])
        result = redo(turned)
    assert not_passed(result) == set(), why_failed(result)
    assert made(result) == set(BELOW)
    assert redo(turned, EVE).success


def new_part(result: dg.ExecuteInProcessResult) -> float:
    """The part of all evidence that `clusters_did_not_jump` takes for new."""
    value = found(result)["clusters_did_not_jump"].metadata["new_part_of_evidence"].value
    assert isinstance(value, float)
    return value


def test_sessions_that_come_late_are_new_to_the_clusters_too(turned: Wheel) -> None:
    ordinary = new_part(redo(turned))
    of_day = sum(row["executed"] for row in rows(turned, "H"))
    late = sum(row["executed"] for row in rows(turned, "H", EVE)) * decay(1)
    again = clones_of_the_eve(turned)
    with changed(turned, "ABCDE", EVE):
        for letter, of_letter in again.items():
            turned.store.append(COLLECTIONS[letter], of_letter).whole()
        result = redo(turned)
    assert "chains_are_linked" not in not_passed(result), why_failed(result)
    assert new_part(result) == pytest.approx((of_day + late) / (of_day / ordinary + late))
    assert redo(turned, EVE).success
    assert new_part(redo(turned)) == pytest.approx(ordinary)


def clones_of_the_eve(whole: Wheel) -> dict[str, list[Row]]:
    """The eve's rows once more, by letter, as sessions that arrived a day late."""
    asked = rows(whole, "A", EVE)
    number = {row["recommend_session_id"]: 7_000 + k for k, row in enumerate(asked)}
    of_context = {row["context_hash"]: number[row["recommend_session_id"]] for row in asked}
    return {
        letter: [
            clone(row, of, row["user_id"], EVE) | {"arrived_on": DAY}
            for row in rows(whole, letter, EVE)
            for of in [number.get(row.get("recommend_session_id")) or of_context[row["_id"]]]
        ]
        for letter in "ABCDE"
    }


def written(whole: Wheel) -> set[str]:
    """Everything of both days that a person wrote or was answered with."""
    texts = set[str]()
    for day in (EVE, DAY):
        for row in rows(whole, "D", day):
            texts |= {row["input_sentence"], *row["output_sentences"]}
            texts |= {row["user_prompt"], row["edited_text"]} - {None}
        for row in rows(whole, "E", day):
            texts |= {row["text"], row["before"], row["after"]}
    return texts - {""}


def plant_faults_of_h(whole: Wheel) -> None:
    """One or more of every kind that the checks of H can name; D holds a prompt and an edit."""
    store, asked, runs, picks = whole.store, *(rows(whole, letter) for letter in "ABC")
    lost_a, lost_b, lost_d = (r["_id"] for r in (asked[0], runs[5], rows(whole, "D")[9]))
    for letter, lost in (("A", lost_a), ("B", lost_b), ("D", lost_d)):
        assert store.delete(COLLECTIONS[letter], {"_id": lost}) == 1
    store.append(COLLECTIONS["C"], [{**picks[3], "_id": "again"}]).whole()
    lacking = [{**row, "degraded": ["encoder"]} for row in asked[1:60]]
    store.put(COLLECTIONS["A"], lacking).whole()
    told = {"selected_index": 0, "user_prompt": PROMPT, "edited_text": EDITED}
    store.put(COLLECTIONS["D"], [{**row, **told} for row in rows(whole, "D")]).whole()
    block = next(r for r in rows(whole, "E") if r["embedding"] is not None)
    short = {**block, "embedding": pack(np.zeros(128, np.float32))}
    store.put(COLLECTIONS["E"], [short]).whole()


def test_no_check_tells_what_people_wrote(turned: Wheel, monkeypatch: pytest.MonkeyPatch) -> None:
    def losing(chains: Chains, consistency_seconds: float) -> Examples:
        whole = join_chains(chains, consistency_seconds)
        whole.rows = [msgspec.structs.replace(row, error=None) for row in whole.rows[1:]]
        return whole

    results = []
    with changed(turned, "ABCDE"):
        plant_faults_of_h(turned)
        texts = written(turned)
        with monkeypatch.context() as patch:
            patch.setattr("rec_assets.training.assets.join_chains", losing)
            results.append(redo(turned))
        results.append(turned.turn(DAY, only=BELOW[1:]))
    turned.store.put(COLLECTIONS["G"], [a_bad_profile(turned)])
    results.append(redo(turned))
    turned.store.delete(COLLECTIONS["G"], {"_id": "bad"})
    with monkeypatch.context() as patch:
        patch.setattr("rec_assets.clusters.assets.member_row", with_nobody)
        results.append(redo(turned))
    failed = {name for result in results for name in not_passed(result)}
    assert failed >= {
        "chains_are_linked", "examples_account_for_all", "vectors_are_of_one_kind",
        "few_answers_were_degraded", "profiles_are_normalised", "clusters_cover_profiles",
    }  # fmt: skip
    told = repr([(e.description, e.metadata) for r in results for e in found(r).values()])
    for kind in ("B without its A", "C without its B", "C without its D", "C of a B that has"):
        assert kind in told
    for kind in ("contradiction that H does not tell", "A without a row of H", "answer without"):
        assert kind in told
    assert {PROMPT, EDITED} < texts
    assert not any(text in told for text in texts)
    assert redo(turned).success


def with_nobody(day: str, member: tuple[str, str, float]) -> ClusterMember:
    """Every user's cluster as if it were that of another one."""
    user, *rest = member
    return member_row(day, (f"not-{user}", *rest))


def test_a_check_executed_alone_looks_at_the_latest_day(turned: Wheel) -> None:
    alone = dg.define_asset_job("alone", selection=dg.AssetSelection.checks_for_assets(*BELOW))
    job = dg.Definitions(
        assets=defs.assets, asset_checks=defs.asset_checks, jobs=[alone],
        resources=defs.resources, executor=dg.in_process_executor,
    ).resolve_job_def("alone")  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for name, value in turned.environment.items():
            patch.setenv(name, value)
        result = job.execute_in_process(instance=turned.instance)
    assert set(found(result)) == CHECKS
    assert result.success
