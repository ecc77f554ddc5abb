from __future__ import annotations

import time

import pytest

from rec_api.changes import changed_share
from rec_api.documents import document_hash
from resources.profile_cache import ProfileCache
from resources.records import DocumentSnapshot, FullDocument, from_row
from tests.rec_api.conftest import Running

K, L = "full_document_store", "editor_document_snapshot"
STORY = "".join(f"{k}번째 문장은 서로 다르다. " for k in range(40))


@pytest.mark.parametrize(
    ("after", "share"),
    [
        (STORY, 0.0),
        (STORY.replace("20번째", "스무째"), 3 / len(STORY)),
        (STORY + STORY, 0.5),
        ("", 1.0),
        ("x" * len(STORY), 1.0),
    ],
)
def test_the_changed_share_of_a_text(after: str, share: float) -> None:
    assert changed_share(STORY, after) == pytest.approx(share, abs=0.01)


def test_scattered_edits_count_by_the_sentences_they_touch() -> None:
    after = STORY.replace("1번째", "첫째", 1)[:-3] + "라. "
    assert changed_share(STORY, after) < 0.15


def test_the_changed_share_of_a_large_document_is_cheap() -> None:
    text = "문장이 하나 있다. " * 200_000
    started = time.perf_counter()
    changed_share(text, "머리말. " + text + "꼬리말.")
    assert time.perf_counter() - started < 2


def test_k_holds_the_text_as_last_put(service: Running, user: str) -> None:
    service.put_document(user, "d", "처음.")
    service.put_document(user, "d", STORY)
    row = from_row(FullDocument, service.row(K, document_hash(user, "d")) or {})
    assert (row.text, row.length, row.user_id) == (STORY, len(STORY), user)
    assert row.embedding is not None


def snapshots(service: Running, user: str) -> list[DocumentSnapshot]:
    batches = service.store.scan(L, where={"user_id": user})
    return [from_row(DocumentSnapshot, row) for batch in batches for row in batch]


def test_a_snapshot_is_kept_when_more_than_a_tenth_changed(service: Running, user: str) -> None:
    texts = [STORY, STORY + "끝.", STORY + "새로운 문단이 길게 이어진다. " * 20]
    kept = [service.put_document(user, "d", text).json()["snapshot"] for text in texts]
    assert kept == [True, False, True]
    assert {row.text for row in snapshots(service, user)} == {texts[0], texts[2]}


def test_an_empty_document_that_is_put_again_keeps_no_second_snapshot(
    service: Running, user: str
) -> None:
    answers = [service.put_document(user, "d", "").json() for _ in range(2)]
    assert [(each["changed_share"], each["snapshot"]) for each in answers] == [
        (1, True),
        (0, False),
    ]
    assert len(snapshots(service, user)) == 1


def test_small_edits_add_up_to_a_snapshot(service: Running, user: str) -> None:
    kept, text = [], STORY
    for k in range(8):
        kept.append(service.put_document(user, "d", text).json()["snapshot"])
        text += f"덧붙인 문장 {k}이다. " * 2
    assert kept[0]
    assert sum(kept) == 2


def test_a_deleted_document_is_gone_everywhere(
    service: Running, cache: ProfileCache, user: str
) -> None:
    service.put_document(user, "d", STORY)
    service.put_document(user, "other", STORY)
    client = service.client()
    assert client.delete("/documents/d", params={"user_id": user}).json()["deleted"]
    assert service.row(K, document_hash(user, "d")) is None
    assert {row.doc_id for row in snapshots(service, user)} == {"other"}
    assert "document" in service.recommend(user_id=user).json()["degraded"]
    assert service.recommend(user_id=user, doc_id="other").json()["degraded"] == []


def test_a_missing_f_is_rebuilt_from_k_off_the_request(
    service: Running, cache: ProfileCache, user: str
) -> None:
    service.put_document(user, "d", STORY)
    cache.forget_user(user, [document_hash(user, "d")])
    assert "document" in service.recommend(user_id=user).json()["degraded"]
    deadline = time.monotonic() + 5
    while "document" in service.recommend(user_id=user).json()["degraded"]:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_another_users_document_of_the_same_name_is_not_used(service: Running, user: str) -> None:
    service.put_document(user, "shared-name", STORY)
    stranger = service.recommend(user_id=user + "x", doc_id="shared-name").json()
    assert "document" in stranger["degraded"]


def test_the_profile_of_an_unknown_user_is_not_found(service: Running, user: str) -> None:
    answer = service.client().get(f"/users/{user}/profile")
    assert answer.status_code == 404
    assert "nothing is known" in answer.json()["detail"]


def test_a_profile_shows_what_the_wheel_wrote(service: Running, user: str) -> None:
    row = {
        "_id": user, "user_id": user, "day": "2026-01-01", "executed_sessions": 2.5,
        "paraphrase_execution_count": 3, "recommend_accept_rate": 0.5, "cluster_id": "c1",
        "preferred_category_vector": [0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
        "preferred_strength_vector": [0.2, 0.3, 0.5],
        "preferred_language_vector": [0.7, 0.1, 0.1, 0.1],
    }  # fmt: skip
    service.store.put("user_profile", [row])
    answer = service.client().get(f"/users/{user}/profile").json()
    assert answer["preferred_category"]["thesis"] == 0.4
    assert (answer["cluster_id"], answer["served"]) == ("c1", False)


def test_an_id_with_a_slash_names_a_document_and_a_user(service: Running, user: str) -> None:
    answer = service.client().put(
        "/documents/https%3A%2F%2Fx%2Fy", json={"user_id": user, "text": STORY}
    )
    assert answer.json()["doc_id"] == "https://x/y"
    assert service.recommend(user_id=user, doc_id="https://x/y").json()["degraded"] == []
    assert "nothing is known" in service.client().get("/users/a%2Fb/profile").text
