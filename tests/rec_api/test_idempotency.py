from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from rec_api.idempotency import uuid7
from tests.rec_api.conftest import Running

A, B, D = "editor_recommend_options", "editor_run_paraphrasing", "correction_history"


def test_the_same_key_and_body_is_the_same_answer(service: Running, user: str) -> None:
    first = service.recommend(key="k", user_id=user, explain=True)
    service.put_document(user, "d", "지금은 문서가 있다. " * 50)
    again = service.recommend(key="k", user_id=user, explain=True)
    assert again.content == first.content
    assert service.store.count(A, {"user_id": user}) == 1


def test_another_body_under_the_same_key_is_a_conflict(service: Running, user: str) -> None:
    service.recommend(key="k", user_id=user)
    answer = service.recommend(key="k", user_id=user, selected_text="다른 문장이다.")
    assert answer.status_code == 409
    assert "Idempotency-Key" in answer.json()["detail"]


def test_a_synonym_is_the_same_body(service: Running, user: str) -> None:
    first = service.recommend(key="k", user_id=user, field="general")
    again = service.recommend(key="k", user_id=user, category="none")
    assert again.content == first.content


def test_the_same_key_of_another_user_or_role_is_another_request(
    service: Running, user: str
) -> None:
    ids = {
        service.recommend(role, key="k", user_id=name).json()["insert_id"]
        for role in ("app", "simulator")
        for name in (user, user + "x")
    }
    assert len(ids) == 4


def test_duplicates_at_once_make_one_row_and_equal_answers(service: Running, user: str) -> None:
    client = service.client()
    body = {"user_id": user, "doc_id": "d", "selected_text": "동시에 두 번."}
    for key in ("a", "b", "c"):
        with ThreadPoolExecutor(8) as pool:
            answers = list(
                pool.map(
                    lambda _, key=key: (
                        client.post(
                            "/recommend", json=body, headers={"Idempotency-Key": key}
                        ).content
                    ),
                    range(8),
                )
            )
        assert len(set(answers)) == 1
    assert service.store.count(A, {"user_id": user}) == 3


def test_a_repeated_paraphrase_writes_one_b_and_one_d(service: Running, user: str) -> None:
    shown = service.recommend(user_id=user).json()
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda _: service.paraphrase(shown, user, key="p").content, range(4))
        )
    assert len(set(answers)) == 1
    assert service.store.count(B, {"user_id": user}) == 1
    assert service.store.count(D, {"user_id": user}) == 1


def test_another_paraphrase_under_the_same_key_is_a_conflict(service: Running, user: str) -> None:
    shown = service.recommend(user_id=user).json()
    service.paraphrase(shown, user, key="p")
    other = service.paraphrase(shown, user, key="p", selected_text="다른 문장이다.")
    assert other.status_code == 409


def test_without_a_key_every_request_is_new(service: Running, user: str) -> None:
    ids = [service.recommend(user_id=user).json()["insert_id"] for _ in range(3)]
    assert len(set(ids)) == 3
    assert ids == sorted(ids) or len({i[:13] for i in ids}) < 3


def test_a_uuid7_says_its_version_and_its_time() -> None:
    made = uuid7(0x0123456789AB)
    assert made.startswith("01234567-89ab-7")
    assert made[19] in "89ab"
