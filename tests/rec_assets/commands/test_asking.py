"""`recwheel recommend` and a service, a key or a text that is of no use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
from rich.console import Console

from rec_assets.commands import asking
from resources.sqlite_log_store import BUSY_SECONDS
from tests.rec_assets.command_line import recwheel

KEY = "hunter2"


@contextmanager
def server(answer: bytes | None, late: Event) -> Iterator[str]:
    """Alive; to a question it says `answer`, or hangs up when it is None, once `late` is set."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def do_POST(self) -> None:
            late.wait(10)
            if answer is not None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        late.set()
        listening.shutdown()
        thread.join()


@pytest.mark.parametrize("key", [f"{KEY}\nsecond", f"{KEY}é"])
def test_a_key_that_no_header_can_carry_is_one_sentence_without_it(
    tmp_path: Path, key: str
) -> None:
    done = recwheel(tmp_path, "recommend", "--user", "u", "안녕하세요", REC_API_KEY=key)
    assert done.returncode == 1
    assert done.stderr.startswith("recwheel: REC_API_KEY holds a line break or another character")
    assert len(done.stderr.splitlines()) == 1
    assert KEY not in done.stdout + done.stderr


def test_a_text_that_is_no_utf8_is_one_sentence(tmp_path: Path) -> None:
    done = recwheel(tmp_path, "recommend", "--user", "u", "caf\udce9")
    assert done.returncode == 1
    assert done.stderr == (
        "recwheel: the text or --user is no UTF-8: type it in a UTF-8 terminal\n"
    )


@pytest.mark.parametrize(
    ("answer", "late", "kind"),
    [
        (None, False, "RemoteProtocolError"),
        (b"{}", True, "ReadTimeout"),
        (b"<html>", False, "JSONDecodeError"),
        (b'{"other": 1}', False, "KeyError"),
        (b"[]", False, "TypeError"),
    ],
)
def test_an_answer_that_is_none_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, answer: bytes | None, late: bool, kind: str
) -> None:
    come = Event()
    if late:
        monkeypatch.setattr(asking, "ANSWER_SECONDS", 0.3)
    else:
        come.set()
    with server(answer, come) as url:
        monkeypatch.setenv("REC_API_URL", url)
        monkeypatch.setenv("REC_API_KEY", KEY)
        with pytest.raises(asking.NotAnswered) as caught:
            asking.ask(Console(quiet=True), "u", "안녕하세요")
    said = f"the service at {url}/recommend gave no recommendation ({kind}): try again"
    assert said in str(caught.value)
    assert KEY not in str(caught.value)


def test_the_service_is_waited_for_longer_than_it_waits_for_its_store() -> None:
    assert asking.ANSWER_SECONDS > 2 * BUSY_SECONDS
