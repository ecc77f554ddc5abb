"""What stands where Elasticsearch is: it takes kibana_system's password, as that would."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Elasticsearch(ThreadingHTTPServer):
    """Knows one superuser's password; `passwords` are those that it was told to set."""

    def __init__(self, port: int, password: str) -> None:
        super().__init__(("127.0.0.1", port), _Requests)
        word = base64.b64encode(f"elastic:{password}".encode()).decode()
        self.authorization, self.passwords = f"Basic {word}", dict[str, str]()


class _Requests(BaseHTTPRequestHandler):
    server: Elasticsearch

    def do_GET(self) -> None:
        health = self.path.startswith("/_cluster/health")
        self._answer(200 if health else 404, {"status": "yellow"})

    def do_PUT(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        _, _, kind, user, what = self.path.partition("?")[0].split("/", 4)
        found = (kind, what) == ("user", "_password")
        if found and self._is_allowed():
            self.server.passwords[user] = body["password"]
        self._answer(200 if found else 404, {})

    def _is_allowed(self) -> bool:
        return self.headers["Authorization"] == self.server.authorization

    def _answer(self, status: int, body: dict[str, str]) -> None:
        allowed = self._is_allowed()
        content = json.dumps(body if allowed else {"error": "security_exception"}).encode()
        self.send_response(status if allowed else 401)
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Type", "application/vnd.elasticsearch+json;compatible-with=9")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_PUT

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def elasticsearch(port: str, password: str) -> Iterator[Elasticsearch]:
    """The stand-in, listening while the block runs."""
    with Elasticsearch(int(port), password) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
