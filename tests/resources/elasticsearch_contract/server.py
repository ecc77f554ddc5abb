"""The node behind HTTP, in a process of its own: media types, sizes, credentials, faults.

python -m tests.resources.elasticsearch_contract.server FOLDER PORT [FAULTS AS JSON]
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.resources.elasticsearch_contract.faults import Dropped, Faults
from tests.resources.elasticsearch_contract.node import Node, Request
from tests.resources.elasticsearch_contract.refusals import Refusal

ROOT = Path(__file__).parents[3]
VENDOR = re.compile(r"application/vnd\.elasticsearch\+(x-nd)?json\s*;\s*compatible-with=(\d+)")
PLAIN = re.compile(r"application/(x-nd)?json(\s*;.*)?")
FAULTS = "/_contract/faults"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == FAULTS:
            self._reply(200, self._faults(raw))
            return
        time.sleep(self.server.faults.slow_s)
        try:
            request = self._request(raw)
            with self.server.lock:
                status, body = self.server.node.answer(request)
        except Refusal as refusal:
            status, body = refusal.status, refusal.body
        except Dropped:
            self.close_connection = True
            return
        self._reply(status, body)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _serve

    def _faults(self, raw: bytes) -> dict[str, Any]:
        if raw:
            self.server.faults.become(json.loads(raw))
        return self.server.faults.told

    def _request(self, raw: bytes) -> Request:
        if len(raw) > self.server.most_bytes:
            raise Refusal(413, "content_too_long_exception", "entity content is too long")
        if self.server.secret and self.headers.get("Authorization") != self.server.secret:
            told = "missing authentication credentials for REST request [/]"
            raise Refusal(401, "security_exception", told)
        split = urlsplit(self.path)
        path, parameters = unquote(split.path), dict(parse_qsl(split.query, True))
        self._check_media_types(path, bool(raw))
        if self.headers.get("Content-Encoding") == "gzip":
            raw = gzip.decompress(raw)
        return Request(self.command, path, parameters, raw)

    def _check_media_types(self, path: str, has_body: bool) -> None:
        content, accept = self.headers.get("Content-Type"), self.headers.get("Accept")
        named = {"Content-Type": content if has_body else None, "Accept": accept}
        vendor = {k: VENDOR.fullmatch(v) for k, v in named.items() if v is not None}
        asked = [match for match in vendor.values() if match]
        wrong = [k for k, match in vendor.items() if match and match[2] not in ("8", "9")]
        if has_body and asked and not all(vendor.values()):
            wrong = ["Content-Type", "Accept"]
        if wrong:
            told = f"Invalid media-type value on headers {wrong}"
            raise Refusal(400, "media_type_header_exception", told)
        if not has_body:
            return
        match = vendor["Content-Type"] if content is not None else None
        match = match or PLAIN.fullmatch(content or "")
        if match is None or (match[1] and not path.endswith("/_bulk")):
            told = f"Content-Type header [{content or ''}] is not supported"
            raise Refusal(406, "media_type_header_exception", told)

    def _reply(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body, ensure_ascii=False).encode()
        asked = VENDOR.fullmatch(self.headers.get("Accept") or "")
        kind = "vnd.elasticsearch+json;compatible-with=9" if asked else "json"
        with suppress(ConnectionError):
            self.send_response(status)
            if self.path != FAULTS and not self.server.another_product:
                self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("Content-Type", f"application/{kind}")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)
            self.wfile.flush()

    def log_message(self, *words: object) -> None:
        """Keep quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder: Path, port: int, options: dict[str, Any]) -> None:
        self.secret = str(options.pop("secret", ""))  # what Authorization must be
        self.most_bytes = int(options.pop("most_bytes", 100 << 20))  # http.max_content_length
        self.another_product = bool(options.pop("another_product", False))
        self.faults = Faults(**options)
        self.node, self.lock = Node(folder, self.faults), threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is no error of ours."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@dataclass
class Contract:
    """A server process that a test can hurt; `url` stays the same when it starts again."""

    folder: Path
    options: dict[str, Any] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, again with all that it had acknowledged."""
        if self.process is not None:
            self.process.wait()
        said = self.folder / "port"
        said.unlink(missing_ok=True)
        words = [str(self.folder), str(self.port), json.dumps(self.options)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.resources.elasticsearch_contract.server", *words],
            cwd=ROOT,
        )
        deadline = time.monotonic() + 30
        while not (said.exists() and said.read_text()):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the contract server did not start")
            time.sleep(0.01)
        self.port = int(said.read_text())

    def kill(self) -> None:
        """End it as kill -9 does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def hurt(self, **faults: Any) -> None:
        """Let these go wrong from here on, and no others."""
        self._contract(json.dumps(faults).encode())

    def told(self) -> dict[str, int]:
        """Bulk requests and items since it started, how many were rejected and dropped."""
        return self._contract(None)

    def _contract(self, data: bytes | None) -> dict[str, int]:
        request = urllib.request.Request(self.url + FAULTS, data)
        with urllib.request.urlopen(request, timeout=30) as reply:
            found: dict[str, int] = json.load(reply)
        return found


@contextmanager
def contract_server(folder: Path, **options: Any) -> Iterator[Contract]:
    """A server on a free port that keeps its state in `folder`; options: faults, and `secret`,
    `most_bytes`, `another_product`."""
    folder.mkdir(parents=True, exist_ok=True)
    contract = Contract(folder, options)
    contract.start()
    try:
        yield contract
    finally:
        contract.kill()


def main() -> None:
    """Serve until killed; the port is written to FOLDER/port."""
    folder, port, options = Path(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
    server = _Server(folder, port, options)
    draft = folder / "port.draft"
    draft.write_text(str(server.server_address[1]))
    draft.rename(folder / "port")
    server.serve_forever()


if __name__ == "__main__":
    main()
