from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from resources.records import CorrectionHistory, ParaphraseEvent, SelectionEvent, from_row
from tests.rec_api.conftest import Running, new_user

B, C, D = "editor_run_paraphrasing", "editor_selected_paraphrasing", "correction_history"


@pytest.fixture
def shown(service: Running, user: str) -> dict[str, Any]:
    return service.recommend(user_id=user).json()  # type: ignore[no-any-return]


@pytest.fixture
def run(service: Running, user: str, shown: dict[str, Any]) -> dict[str, Any]:
    return service.paraphrase(shown, user).json()  # type: ignore[no-any-return]


def test_b_and_d_join_their_a(service: Running, shown: dict[str, Any], run: dict[str, Any]) -> None:
    event = from_row(ParaphraseEvent, service.row(B, run["insert_id"]) or {})
    texts = from_row(CorrectionHistory, service.row(D, run["correction_history_id"]) or {})
    assert event.source_recommend_event_id == shown["insert_id"]
    assert event.correction_history_id == texts.id
    assert event.slate_position == 0
    assert texts.output_sentences == run["candidates"]
    assert not texts.completed


def test_an_option_that_was_not_shown_has_no_slate_position(
    service: Running, user: str, shown: dict[str, Any]
) -> None:
    worst = service.recommend(user_id=user, limit=84).json()["reco_options"][-1]
    words = {word: worst[word] for word in ("category", "intensity", "language")}
    run = service.paraphrase(shown, user, **words).json()
    assert (service.row(B, run["insert_id"]) or {})["slate_position"] is None


def test_an_accepted_candidate_writes_c_and_completes_d(
    service: Running, user: str, run: dict[str, Any]
) -> None:
    logged = service.log(run, user, edited_text="내가 고친 문장이다.").json()
    event = from_row(SelectionEvent, service.row(C, logged["insert_id"]) or {})
    texts = from_row(CorrectionHistory, service.row(D, run["correction_history_id"]) or {})
    assert (event.accepted, event.selected_index, event.edited) == (True, 1, True)
    assert (texts.completed, texts.selected_index) == (True, 1)
    assert texts.edited_text == "내가 고친 문장이다."
    assert texts.output_sentences == run["candidates"]


def test_a_candidate_sent_back_unchanged_is_not_edited(
    service: Running, user: str, run: dict[str, Any]
) -> None:
    logged = service.log(run, user, edited_text=run["candidates"][1]).json()
    assert not (service.row(C, logged["insert_id"]) or {})["edited"]


def test_a_rejection_is_stored_too(service: Running, user: str, run: dict[str, Any]) -> None:
    logged = service.log(run, user, accepted=False, selected_index=None).json()
    assert not (service.row(C, logged["insert_id"]) or {})["accepted"]
    assert (service.row(D, run["correction_history_id"]) or {})["completed"]


def test_the_same_c_again_is_the_same_answer(
    service: Running, user: str, run: dict[str, Any]
) -> None:
    assert service.log(run, user).content == service.log(run, user).content
    assert service.store.count(C, {"user_id": user}) == 1


def test_another_c_for_a_b_is_a_conflict_and_changes_nothing(
    service: Running, user: str, run: dict[str, Any]
) -> None:
    service.log(run, user)
    assert service.log(run, user, selected_index=2).status_code == 409
    assert (service.row(D, run["correction_history_id"]) or {})["selected_index"] == 1


def test_of_two_outcomes_at_once_one_is_kept_whole(
    service: Running, user: str, run: dict[str, Any]
) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda k: service.log(run, user, selected_index=k % 3), range(6)))
    kept = next(k % 3 for k, answer in enumerate(answers) if answer.status_code == 200)
    assert {answer.status_code for answer in answers} == {200, 409}
    assert (service.row(D, run["correction_history_id"]) or {})["selected_index"] == kept
    assert service.store.count(C, {"user_id": user}) == 1


def test_a_c_before_its_b_is_a_conflict(service: Running, user: str, run: dict[str, Any]) -> None:
    assert service.log(run | {"insert_id": "not-yet"}, user).status_code == 409


def test_a_b_of_an_unknown_a_is_a_conflict(
    service: Running, user: str, shown: dict[str, Any]
) -> None:
    assert service.paraphrase(shown | {"insert_id": "not-yet"}, user).status_code == 409


def test_another_users_session_is_not_found(
    service: Running, shown: dict[str, Any], run: dict[str, Any]
) -> None:
    stranger = new_user()
    assert service.paraphrase(shown, stranger).status_code == 404
    assert service.log(run, stranger).status_code == 404


def test_a_session_of_another_chain_is_not_found(
    service: Running, user: str, shown: dict[str, Any]
) -> None:
    other = service.recommend(user_id=user).json()["recommend_session_id"]
    assert service.paraphrase(shown | {"recommend_session_id": other}, user).status_code == 404


def test_ids_of_another_chain_are_a_conflict(
    service: Running, user: str, shown: dict[str, Any], run: dict[str, Any]
) -> None:
    other = service.paraphrase(shown, user).json()
    swapped = run | {"correction_history_id": other["correction_history_id"]}
    assert service.log(swapped, user).status_code == 409


def test_an_index_beyond_the_candidates_is_named(
    service: Running, user: str, run: dict[str, Any]
) -> None:
    answer = service.log(run, user, selected_index=3)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "selected_index"


@pytest.mark.parametrize("event", ["editor_recommend_options", "editor_run_paraphrasing"])
def test_an_event_of_the_service_itself_is_not_stored_twice(service: Running, event: str) -> None:
    answer = service.client().post("/log", json={"event": event, "anything": 1})
    assert (answer.status_code, answer.json()["stored"]) == (202, False)


def test_later_steps_take_their_as_day_and_keep_when_they_arrived(
    service: Running, user: str
) -> None:
    evening, next_day = 1_767_311_940_000, 1_767_312_060_000  # 2026-01-01 23:59, 2026-01-02 00:01
    shown = service.recommend("simulator", user_id=user, created_at=evening).json()
    client = service.client("simulator")
    run = client.post(
        "/paraphrase",
        json={
            "user_id": user,
            "recommend_session_id": shown["recommend_session_id"],
            "source_recommend_event_id": shown["insert_id"],
            "selected_text": "문장.",
            "field": "email",
            "maintenance": "weak",
            "target_language": "ko",
            "created_at": next_day,
        },
    ).json()
    row = service.row(B, run["insert_id"]) or {}
    assert (row["day"], row["arrived_on"]) == ("2026-01-01", "2026-01-02")
    assert row["origin"] == "simulation"
