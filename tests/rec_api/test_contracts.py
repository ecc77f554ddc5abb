from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from rec_api.answers import ParaphraseAnswer
from rec_api.contracts import DocumentRequest, ParaphraseRequest, RecommendRequest, SelectionRequest
from tests.rec_api.conftest import TEXT, Running

SHOWN = {"recommend_session_id": "s", "insert_id": "i", "reco_options": [
    {"category": "email", "intensity": "weak", "language": "ko"}
]}  # fmt: skip
RUN = {
    "recommend_session_id": "s",
    "source_recommend_event_id": "a",
    "insert_id": "b",
    "correction_history_id": "d",
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("selected_text", ""),
        ("selected_text", " \n\t"),
        ("selected_text", "가" * 5001),
        ("selected_text", 7),
        ("selected_text", None),
        ("context_prev", "x" * 5001),
        ("context_next", "x" * 5001),
        ("user_id", ""),
        ("user_id", "  "),
        ("user_id", "a\x1fb"),
        ("user_id", "u" * 201),
        ("doc_id", "new\nline"),
        ("field", "novel"),
        ("category", "Thesis"),
        ("intensity", "mild"),
        ("maintenance", 1),
        ("language", "fr"),
        ("target_language", ""),
        ("limit", 0),
        ("limit", 85),
        ("limit", "5"),
        ("limit", 2.5),
        ("explain", "yes"),
        ("created_at", -1),
        ("created_at", 10**19),
        ("created_at", "today"),
        ("origin", "dream"),
        ("user_prompt", "x" * 2001),
        ("unknown", 1),
    ],
)
def test_a_wrong_field_of_recommend_is_named(service: Running, field: str, value: Any) -> None:
    answer = service.recommend("simulator", **{field: value})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("selected_text", "  "),
        ("category", "poem"),
        ("intensity", None),
        ("language", "de"),
        ("source_recommend_event_id", ""),
        ("limit", 5),
    ],
)
def test_a_wrong_field_of_paraphrase_is_named(service: Running, field: str, value: Any) -> None:
    answer = service.paraphrase(SHOWN, "u", **{field: value})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("event", {"event": "pageview"}),
        ("accepted", {"accepted": "yes"}),
        ("selected_index", {"selected_index": None}),
        ("selected_index", {"selected_index": -1}),
        ("selected_index", {"accepted": False}),
        ("edited_text", {"accepted": False, "selected_index": None, "edited_text": "x"}),
        ("extra", {"extra": 1}),
    ],
)
def test_a_wrong_field_of_log_is_named(service: Running, field: str, body: dict[str, Any]) -> None:
    answer = service.log(RUN, "u", **body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("missing", ["user_id", "doc_id", "selected_text"])
def test_a_missing_field_is_named(service: Running, missing: str) -> None:
    body = {"user_id": "u", "doc_id": "d", "selected_text": TEXT}
    body.pop(missing)
    answer = service.client().post("/recommend", json=body)
    assert answer.json()["errors"] == [{"field": missing, "message": "Field required"}]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[]", 422),
        (b"null", 422),
        (b'"text"', 422),
        (b'{"user_id": NaN}', 422),
        (b'{"a": "\xff"}', 400),
        (b'{"a":' * 10_000, 400),
        (b'{"limit": ' + b"9" * 5000 + b"}", 400),
        (b'{"user_id":"u","doc_id":"d","selected_text":"\\ud800"}', 422),
    ],
)
def test_a_body_that_is_no_request_gets_a_sentence(
    service: Running, content: bytes, status: int
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = service.client().post("/recommend", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_a_refusal_never_echoes_the_text(service: Running) -> None:
    answer = service.recommend(selected_text="비밀 문장 " * 2000, limit="비밀")
    assert answer.status_code == 422
    assert "비밀" not in answer.text


@pytest.mark.parametrize("text", ["x", "가" * 5000, "👩‍👩‍👧‍👦", "\u202eevil", "a\x00b", "x\x1fy"])
def test_any_text_within_the_limits_is_answered(service: Running, user: str, text: str) -> None:
    assert service.recommend(user_id=user, selected_text=text).status_code == 200


@pytest.mark.parametrize("length", [0, 256])
def test_an_idempotency_key_of_a_wrong_length_is_named(service: Running, length: int) -> None:
    answer = service.recommend(key="k" * length)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


def in_chunks(total: int) -> Iterator[bytes]:
    for _ in range(0, total, 8192):
        yield b"x" * 8192


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        ("POST", "/recommend", 64 * 1024),
        ("POST", "/log", 64 * 1024),
        ("PUT", "/documents/d", 2 * 1024 * 1024),
    ],
)
def test_a_body_over_the_limit_is_refused_announced_or_not(
    service: Running, method: str, path: str, limit: int
) -> None:
    for content in (b"x" * (limit + 1), in_chunks(limit + 1)):
        answer = service.client().request(method, path, content=content)
        assert answer.status_code == 413
        assert str(limit // 1024) in answer.json()["detail"]


def test_a_document_just_under_the_limit_is_taken(service: Running, user: str) -> None:
    answer = service.put_document(user, "big", "a b. " * 400_000)
    assert answer.status_code == 200
    assert answer.json()["length"] == 2_000_000


def test_an_unknown_address_gets_a_sentence(service: Running) -> None:
    assert "/docs" in service.client().get("/nothing").json()["detail"]
    assert "/docs" in service.client().get("/recommend").json()["detail"]


def test_the_openapi_page_is_complete(service: Running) -> None:
    page = httpx.get(f"{service.url}/openapi.json").json()
    schemas = page["components"]["schemas"]
    assert set(page["paths"]) == {
        "/recommend", "/paraphrase", "/log", "/documents/{doc_id}", "/users/{user_id}/profile",
        "/healthz", "/readyz",
    }  # fmt: skip
    assert set(_references(page)) <= {f"#/components/schemas/{name}" for name in schemas}
    for kind in (RecommendRequest, ParaphraseRequest, SelectionRequest, DocumentRequest):
        assert schemas[kind.__name__]["examples"]
    for path, calls in page["paths"].items():
        for call in calls.values():
            assert call["summary"]
            assert path in ("/healthz", "/readyz") or call["security"] == [{"APIKeyHeader": []}]


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(reference := node.get("$ref"), str):
            yield reference
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


@pytest.mark.parametrize(
    "kind", [RecommendRequest, ParaphraseRequest, SelectionRequest, DocumentRequest]
)
def test_the_example_of_each_body_is_a_valid_one(kind: Any) -> None:
    kind.model_validate(kind.model_config["json_schema_extra"]["examples"][0])


def test_a_paraphrase_has_exactly_the_documented_fields(service: Running, user: str) -> None:
    shown = service.recommend(user_id=user).json()
    answer = ParaphraseAnswer.model_validate(service.paraphrase(shown, user).json())
    assert len(set(answer.candidates)) == 3
    assert answer.llm_provider == "embedded"
