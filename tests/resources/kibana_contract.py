"""Kibana's import of saved objects as strict as the real one, in a thread.

It refuses what Kibana refuses: a request without the header or the credentials, a file that is not
called .ndjson, an object twice, a reference to nothing (Kibana looks at those to data views and
searches alone), and what tests/resources/kibana_types.py says of types, versions and attributes. It
does not draw: whether a panel shows anything is not found out here.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.resources.kibana_types import TYPES, breach, newer_version

IMPORT = "/api/saved_objects/_import"


@dataclass
class Kibana:
    """What it was given, and how it behaves."""

    url: str = ""
    not_ready: int = 0  # so many answers say that it still starts
    secret: str = ""  # what Authorization must be
    objects: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    asked: int = 0

    def answer(self, path: str, headers: Any, body: bytes) -> tuple[int, dict[str, Any]]:
        """Status and body of a POST."""
        self.asked += 1
        split = urlsplit(path)
        if self.asked <= self.not_ready:
            return 503, {"message": "Kibana server is not ready yet."}
        if self.secret and headers.get("Authorization") != self.secret:
            return 401, {"statusCode": 401, "error": "Unauthorized", "message": "Unauthorized"}
        if split.path != IMPORT:
            return 404, {"statusCode": 404, "error": "Not Found", "message": "Not Found"}
        if not headers.get("kbn-xsrf"):
            return 400, _bad("Request must contain a kbn-xsrf header.")
        name, content = _file(headers["Content-Type"], body)
        if not (name or "").endswith(".ndjson"):
            return 400, _bad(f"Invalid file extension {name}")
        given = [json.loads(line) for line in content.splitlines() if line.strip()]
        return self._import(given, dict(parse_qsl(split.query)).get("overwrite") == "true")

    def _import(self, given: list[dict[str, Any]], overwrite: bool) -> tuple[int, dict[str, Any]]:
        named = {(one["type"], one["id"]) for one in given}
        if len(named) < len(given):
            return 400, _bad("Non-unique import objects detected")
        errors = [failed for one in given if (failed := self._failed(one, named, overwrite))]
        newer = [newer_version(one) for one in given if one["type"] in TYPES]
        if not errors and any(newer):
            told = next(filter(None, newer))
            return 422, {"statusCode": 422, "error": "Unprocessable Entity", "message": told}
        failed = {(one["type"], one["id"]) for one in errors}
        for one in given:
            if (one["type"], one["id"]) not in failed:
                self.objects[one["type"], one["id"]] = one
        answer: dict[str, Any] = {
            "success": not errors,
            "successCount": len(given) - len(errors),
        }
        return 200, answer | ({"errors": errors} if errors else {})

    def _failed(
        self, one: dict[str, Any], named: set[tuple[str, str]], overwrite: bool
    ) -> dict[str, Any] | None:
        """Why this object is not taken, in the order in which Kibana looks."""
        wanted = {(ref["type"], ref["id"]) for ref in one.get("references", [])}
        missing = sorted(wanted - named - set(self.objects))
        told: dict[str, Any]
        if one["type"] not in TYPES:
            told = {"type": "unsupported_type"}
        elif missing:
            told = {"type": "missing_references", "references": missing}
        elif not overwrite and (one["type"], one["id"]) in self.objects:
            told = {"type": "conflict"}
        elif not newer_version(one) and (wrong := breach(one)):
            told = {"type": "unknown", "message": wrong, "statusCode": 400}
        else:
            return None
        return {"type": one["type"], "id": one["id"], "error": told}


def _bad(told: str) -> dict[str, Any]:
    return {"statusCode": 400, "error": "Bad Request", "message": told}


def _file(content_type: str, body: bytes) -> tuple[str | None, bytes]:
    """Name and content of the form's field `file`."""
    form = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body,
                              policy=HTTP)  # fmt: skip
    for part in form.iter_parts() if form.is_multipart() else ():
        if part.get_param("name", header="content-disposition") == "file":
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            return part.get_filename(), content
    return None, b""


@contextmanager
def kibana_server(**behaviour: Any) -> Iterator[Kibana]:
    """A Kibana on a free port."""
    kibana = Kibana(**behaviour)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, answer = kibana.answer(self.path, self.headers, body)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *words: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kibana.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield kibana
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
