"""The calls, one function each: who may, what comes in, what goes out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Path, Query, Request, Response, Security, status
from fastapi.responses import JSONResponse

from rec_api.access import caller, check_fields
from rec_api.answers import (
    DeletedAnswer,
    DocumentAnswer,
    HealthAnswer,
    LogAnswer,
    NotStoredAnswer,
    ParaphraseAnswer,
    ProfileAnswer,
    ReadyAnswer,
    RecommendAnswer,
)
from rec_api.contracts import (
    DocumentRequest,
    LogRequest,
    ParaphraseRequest,
    RecommendRequest,
    ServiceEvent,
)
from rec_api.idempotency import KEY_LENGTH
from rec_api.paraphrase import paraphrase
from rec_api.problems import ProblemAnswer
from rec_api.profiles import profile_of
from rec_api.readiness import readiness
from rec_api.recommend import recommend
from rec_api.selection import log_selection
from rec_api.service import Service, origin_of
from rec_api.words import Id

Role = Annotated[str, Security(caller)]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=KEY_LENGTH,
        description="The same key and body again: the stored answer, and nothing is written.",
    ),
]
DocId = Annotated[Id, Path()]


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI entries of the statuses that a call may refuse with."""
    return {code: {"model": ProblemAnswer} for code in (401, *statuses)}


router = APIRouter()


def service_of(request: Request) -> Service:
    """The open service."""
    service: Service = request.app.state.service
    return service


@router.post("/recommend", responses=problems(403, 409, 413, 422, 503), tags=["editor"])
async def post_recommend(
    request: Request, role: Role, body: RecommendRequest, key: Key = None
) -> RecommendAnswer:
    """Rank the options for a selected text."""
    check_fields(role, body)
    return await recommend(service_of(request), role, body, key)


@router.post("/paraphrase", responses=problems(403, 404, 409, 413, 422, 502, 503), tags=["editor"])
async def post_paraphrase(
    request: Request, role: Role, body: ParaphraseRequest, key: Key = None
) -> ParaphraseAnswer:
    """Rewrite the text under the chosen option."""
    check_fields(role, body)
    return await paraphrase(service_of(request), role, body, key)


@router.post(
    "/log",
    response_model=LogAnswer,
    responses={**problems(403, 404, 409, 413, 422, 503), 202: {"model": NotStoredAnswer}},
    tags=["editor"],
)
async def post_log(
    request: Request, role: Role, body: Annotated[LogRequest, Body()], key: Key = None
) -> LogAnswer | Response:
    """Store what became of a paraphrase. The paraphrase's id is the key: it has one outcome."""
    if isinstance(body, ServiceEvent):
        answer = NotStoredAnswer(detail=f"{body.event} is written by the service itself")
        return JSONResponse(answer.model_dump(), status_code=status.HTTP_202_ACCEPTED)
    check_fields(role, body)
    return await log_selection(service_of(request), body)


@router.put("/documents/{doc_id:path}", responses=problems(403, 413, 422, 503), tags=["editor"])
async def put_document(
    request: Request, role: Role, doc_id: DocId, body: DocumentRequest
) -> DocumentAnswer:
    """Keep the document's text; the next /recommend takes it into account."""
    check_fields(role, body)
    service = service_of(request)
    return await service.documents.put(
        body.user_id, doc_id, body.text, service.time_of(body), origin_of(role)
    )


@router.delete("/documents/{doc_id:path}", responses=problems(422, 503), tags=["editor"])
async def delete_document(
    request: Request, role: Role, doc_id: DocId, user_id: Annotated[Id, Query()]
) -> DeletedAnswer:
    """Remove the document's text, its snapshots and what is cached of it."""
    await service_of(request).documents.delete(user_id, doc_id)
    return DeletedAnswer(doc_id=doc_id)


@router.get("/users/{user_id:path}/profile", responses=problems(404, 422, 503), tags=["users"])
async def get_profile(
    request: Request, role: Role, user_id: Annotated[Id, Path()]
) -> ProfileAnswer:
    """What is known of a user."""
    return await profile_of(service_of(request), user_id)


@router.get("/healthz", tags=["operation"])
async def healthz() -> HealthAnswer:
    """The process answers."""
    return HealthAnswer()


@router.get("/readyz", responses={503: {"model": ReadyAnswer}}, tags=["operation"])
async def readyz(request: Request, response: Response) -> ReadyAnswer:
    """Stores are reachable and models loaded; 503 names what is missing."""
    answer = await readiness(service_of(request))
    if not answer.ready:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return answer
