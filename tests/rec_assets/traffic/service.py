"""A service that answers and remembers what it was asked: a real server on a real port."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

SLATE = [
    {"category": category, "intensity": intensity, "language": "ko", "score": 0.1}
    for category, intensity in (
        ("thesis", "strong"), ("email", "weak"), ("none", "moderate"), ("report", "weak"),
        ("article", "strong"),
    )
]  # fmt: skip


class Recorder:
    """`requests` by Idempotency-Key: (method, path, body). The first `failures` answers are 503."""

    def __init__(self, failures: int = 0, refuse: str = "") -> None:
        self.requests: dict[str, tuple[str, str, Any]] = {}
        self.keys: set[str | None] = set()
        self.order: list[str] = []
        self.open, self.most_open = 0, 0
        self.failures, self.refuse = failures, refuse
        self.app = FastAPI()
        self.app.add_api_route("/{path:path}", self.answer, methods=["PUT", "POST"])

    async def answer(self, request: Request) -> Response:
        if self.failures:
            self.failures -= 1
            return JSONResponse({"detail": "busy"}, 503)
        if self.refuse and request.url.path == self.refuse:
            return JSONResponse({"detail": "no such session"}, 404)
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        await asyncio.sleep(0.002)
        self.open -= 1
        key = request.headers["idempotency-key"]
        self.keys.add(request.headers.get("x-api-key"))
        self.requests[key] = (request.method, request.url.path, await request.json())
        self.order.append(key)
        return JSONResponse({
            "insert_id": key, "recommend_session_id": key.rsplit("/", 1)[0],
            "correction_history_id": key, "reco_options": SLATE, "candidates": ["one.", "two."],
        })  # fmt: skip


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The base URL of the app on a free port, as long as the block runs."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                threading.Event().wait(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
