"""ASGI: what nobody foresaw becomes a 500, and a log line that holds no text."""

from __future__ import annotations

import logging
import traceback

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rec_api.problems import answer

log = logging.getLogger(__name__)


class Unforeseen:
    """Answers 500 and logs where it happened, without the message: that may hold a text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if scope["type"] != "http":
                raise
            frames = traceback.extract_tb(error.__traceback__)[-4:]
            where = [f"{frame.filename}:{frame.lineno}" for frame in frames]
            log.error("unforeseen", extra={"error": type(error).__name__, "where": where})
            if not started:
                sentence = "the service failed on this request: its log says where"
                await answer(500, sentence)(scope, receive, send)
