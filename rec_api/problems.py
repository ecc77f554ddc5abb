"""Errors as sentences: what a caller reads when a request cannot be answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from resources.log_store import StoreFull, StoreUnavailable


class FieldError(BaseModel):
    """One field that does not fit."""

    field: str
    message: str


class ProblemAnswer(BaseModel):
    """The body of every answer that is not a success."""

    detail: str = Field(description="A sentence: what was found, where, and what to do.")
    errors: list[FieldError] = Field(default_factory=list)


class Problem(Exception):
    """A request that is refused: the status, the sentence, and the field at fault if it is one."""

    def __init__(
        self,
        status: int,
        sentence: str,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.field, self.headers = status, sentence, field, headers


def answer(
    status: int,
    sentence: str,
    errors: list[FieldError] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The answer for a problem; it never holds what the caller sent."""
    body = ProblemAnswer(detail=sentence, errors=errors or [])
    return JSONResponse(body.model_dump(), status_code=status, headers=dict(headers or {}))


def install(app: FastAPI) -> None:
    """Let the app answer with sentences, whatever goes wrong on the way to a route."""

    @app.exception_handler(Problem)
    async def refused(_: Request, problem: Problem) -> JSONResponse:
        errors = []
        if problem.field:
            errors = [FieldError(field=problem.field, message=problem.sentence)]
        return answer(problem.status, problem.sentence, errors, problem.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        # FastAPI's own answer echoes the input, which is a person's text.
        errors = [_field_error(entry) for entry in error.errors()]
        sentence = "; ".join(f"{entry.field}: {entry.message}" for entry in errors[:5])
        return answer(422, sentence, errors)

    @app.exception_handler(HTTPException)
    async def standard(_: Request, error: HTTPException) -> JSONResponse:
        sentence = _SENTENCES.get(error.status_code, str(error.detail))
        return answer(error.status_code, sentence, headers=error.headers)

    @app.exception_handler(StoreUnavailable)
    async def away(_: Request, error: StoreUnavailable) -> JSONResponse:
        sentence = "the log store does not answer; nothing was written, send the request again"
        return answer(503, sentence, headers={"Retry-After": "1"})

    @app.exception_handler(StoreFull)
    async def full(_: Request, error: StoreFull) -> JSONResponse:
        sentence = (
            "the disk of the log store is full: nothing was written. Make room there (REC_HOME, "
            "or where REC_LOG_URL points), then send the request again"
        )
        return answer(507, sentence, headers={"Retry-After": "60"})


_SENTENCES = {
    400: "the body could not be read: it must be JSON in UTF-8",
    404: "there is nothing at this address: /docs lists what there is",
    405: "this address does not take this method: /docs lists what it takes",
}


def _field_error(entry: Mapping[str, Any]) -> FieldError:
    if entry["type"] == "json_invalid":
        position = entry["loc"][-1]
        return FieldError(field="body", message=f"not JSON at character {position}")
    if entry["type"] in ("model_attributes_type", "dict_type", "model_type"):
        return FieldError(
            field="body", message="must be a JSON object, sent as Content-Type: application/json"
        )
    # ("body", field, …); a tagged union puts its tag in between, in quotes or not.
    names = [str(part) for part in entry["loc"][1:] if part not in _TAGS]
    message = str(entry["msg"]).removeprefix("Value error, ")
    if entry["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return FieldError(field="event", message=f"must be one of {', '.join(_TAGS)}")
    return FieldError(field=".".join(names) or "body", message=message)


_TAGS = (
    "editor_selected_paraphrasing",
    "editor_recommend_options",
    "editor_run_paraphrasing",
)
