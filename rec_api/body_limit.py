"""ASGI: a body over the limit gets 413, with or without Content-Length."""

from __future__ import annotations

from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rec_api.problems import answer

BODY: Final = 64 * 1024
DOCUMENT: Final = 2 * 1024 * 1024


def limit_of(scope: Scope) -> int:
    """How many bytes a request's body may have."""
    document = scope["method"] == "PUT" and scope["path"].startswith("/documents/")
    return DOCUMENT if document else BODY


class BodyLimit:
    """Stops a body at its limit, also one that comes in chunks."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; its body is counted as it is read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = limit_of(scope)
        if _announced(scope) > limit:
            await answer(413, _sentence(limit))(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise HTTPException(413, _sentence(limit))
            return message

        await self._app(scope, counted, send)


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


def _sentence(limit: int) -> str:
    return f"the body is larger than {limit // 1024} KiB: send less text at a time"
