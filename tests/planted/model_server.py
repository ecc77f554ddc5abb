"""A language model's server that answers bots; a planted sentence it sends back as an error."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def model_server(sentence: str) -> Iterator[str]:
    """The server's address while the block runs."""

    class Model(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked = json.loads(body)
            text = asked["messages"][-1]["content"]
            choices = [{"message": {"content": f"{text} ({k})"}} for k in range(asked["n"])]
            failed = sentence in text
            told = {"error": f"{self.headers['Authorization']}: {text}"}
            content = json.dumps(told if failed else {"choices": choices}).encode()
            self.send_response(500 if failed else 200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Model) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
