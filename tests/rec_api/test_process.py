"""The service as a process: what it survives, where it listens, with whom it ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from rec_api.listening import bind
from resources.log_store import open_log_store
from resources.service_process import service
from resources.settings import REPOSITORY, Settings
from resources.sqlite_log_store import SqliteLogStore
from tests.rec_api.conftest import TEXT

A, B, C, D, E = (
    "editor_recommend_options",
    "editor_run_paraphrasing",
    "editor_selected_paraphrasing",
    "correction_history",
    "context_block",
)


class Process:
    """`python -m rec_api` with a REC_HOME of its own."""

    def __init__(self, home: Path, *options: str, **environment: str) -> None:
        self.home, self.log = home, home.parent / f"{uuid.uuid4().hex}.log"
        port_file = home.parent / f"{uuid.uuid4().hex}.port"
        command = [sys.executable, "-m", "rec_api", "--port-file", str(port_file)]
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, *(options or ("--port", "0"))],
                cwd=REPOSITORY,
                env={**os.environ, "REC_HOME": str(home), **environment},
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + 90
        while not port_file.exists():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        self.address = port_file.read_text().strip()

    def client(self, role: str = "simulator") -> httpx.Client:
        key = (self.home / "keys" / f"{role}.key").read_text().strip()
        return httpx.Client(
            base_url=f"http://{self.address}", headers={"X-API-Key": key}, timeout=20
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(15)


@contextlib.contextmanager
def started(home: Path, *options: str, **environment: str) -> Iterator[Process]:
    process = Process(home, *options, **environment)
    try:
        yield process
    finally:
        process.kill()


def ask(client: httpx.Client, user: str, number: int) -> str | None:
    """The id of a recommendation, or None when the service died before it answered."""
    body = {"user_id": user, "doc_id": "d", "selected_text": f"{TEXT} {number}"}
    with contextlib.suppress(httpx.HTTPError):
        answer = client.post("/recommend", json=body)
        if answer.status_code == 200:
            made: str = answer.json()["insert_id"]
            return made
    return None


def acknowledged_until_killed(process: Process) -> list[str]:
    """Ids answered to four clients while the process is killed in full flight."""
    made: list[str] = []

    def bot(name: str) -> None:
        with process.client() as client:
            number = 0
            while (answered := ask(client, name, number)) is not None:
                made.append(answered)
                number += 1

    bots = [threading.Thread(target=bot, args=(f"u{k}",)) for k in range(4)]
    for each in bots:
        each.start()
    deadline = time.monotonic() + 60
    while len(made) < 100 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    for each in bots:
        each.join()
    return made


def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with started(home) as process:
        made = acknowledged_until_killed(process)
    store = SqliteLogStore(home / "recwheel.sqlite")
    events = store.get(A, made)
    blocks = store.get(E, [event["context_hash"] for event in events.values()])
    store.close()
    assert len(made) >= 100
    assert set(events) == set(made)
    assert len(blocks) == len(made)


def test_kill_9_with_mongodb_loses_and_doubles_nothing(tmp_path: Path, wire_url: str) -> None:
    home, url = tmp_path / "home", f"{wire_url}/recwheel_{uuid.uuid4().hex[:8]}"
    with started(home, REC_LOG_URL=url) as process:
        made = acknowledged_until_killed(process)
    with started(home, REC_LOG_URL=url) as process, process.client() as client:
        deadline = time.monotonic() + 60
        while client.get("/readyz").json()["outbox"]["waiting"]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    store = open_log_store(url)
    found = store.get(A, made)
    count = store.count(A)
    store.close()
    assert set(found) == set(made)
    assert count <= len(made) + 4  # each bot may have one that was stored and not answered


def test_a_chain_goes_on_while_mongodb_is_away_and_arrives_later(
    tmp_path: Path, wire_url: str
) -> None:
    with Gate(wire_url) as gate:
        url = f"mongodb://127.0.0.1:{gate.port}/recwheel_{uuid.uuid4().hex[:8]}"
        options = "?serverSelectionTimeoutMS=300&connectTimeoutMS=300"
        with (
            started(tmp_path / "home", REC_LOG_URL=url + options) as process,
            process.client() as client,
        ):
            begun = until_paraphrased(client, "before")
            await_forwarded(client)
            gate.close()
            answers = [whole_chain(client, f"u{k}") for k in range(3)]
            assert client.get("/readyz").status_code == 503
            refused = client.post("/log", json=begun)  # its text has left this machine's outbox
            assert (refused.status_code, "again" in refused.json()["detail"]) == (503, True)
            gate.open()
            await_forwarded(client)
            for _ in range(2):
                assert client.post("/log", json=begun).status_code == 200
            await_forwarded(client)
        answers.append(begun["source_paraphrase_event_id"])
        store = open_log_store(url)
        assert set(store.get(B, answers)) == set(answers)
        chosen = [row for batch in store.scan(C) for row in batch]
        completed = [row for batch in store.scan(D) for row in batch if row["completed"]]
        store.close()
    assert sorted(row["source_paraphrase_event_id"] for row in chosen) == sorted(answers)
    assert len(completed) == len(answers) == 4


def await_forwarded(client: httpx.Client) -> None:
    """Return once all that the service accepted has reached the store."""
    deadline = time.monotonic() + 60
    while (ready := client.get("/readyz").json())["outbox"].get("waiting") != 0:
        assert time.monotonic() < deadline, ready
        time.sleep(0.1)


def whole_chain(client: httpx.Client, user: str) -> str:
    """Recommend, paraphrase, accept; the B's id."""
    outcome = until_paraphrased(client, user)
    assert client.post("/log", json=outcome).status_code == 200
    made: str = outcome["source_paraphrase_event_id"]
    return made


def until_paraphrased(client: httpx.Client, user: str) -> dict[str, Any]:
    """Recommend, paraphrase; the body of the /log that accepts."""
    body = {"user_id": user, "doc_id": "d", "selected_text": TEXT}
    assert client.put("/documents/d", json={"user_id": user, "text": TEXT}).status_code == 200
    shown = client.post("/recommend", json=body, headers={"Idempotency-Key": "1"}).json()
    words = {k: shown["reco_options"][0][k] for k in ("category", "intensity", "language")}
    ids = {
        "user_id": user,
        "recommend_session_id": shown["recommend_session_id"],
        "source_recommend_event_id": shown["insert_id"],
    }
    wish = ids | words | {"selected_text": TEXT}
    run = client.post("/paraphrase", json=wish, headers={"Idempotency-Key": "2"}).json()
    return ids | {
        "event": "editor_selected_paraphrasing",
        "source_paraphrase_event_id": run["insert_id"],
        "correction_history_id": run["correction_history_id"],
        "accepted": True,
        "selected_index": 0,
    }


class Gate:
    """A port that passes connections on to the server, until it is closed."""

    def __init__(self, url: str) -> None:
        self._target = int(url.rpartition(":")[2])
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._pipes: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self.open()

    def open(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def close(self) -> None:
        for each in (self._listener, *self._pipes):
            if each is not None:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()
        self._pipes.clear()

    def __enter__(self) -> Gate:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                self._pipes += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for each in (source, sink):
        each.close()


def test_a_port_in_use_is_said_and_the_next_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with started(tmp_path / "home", "--port", str(port)) as process:
            assert int(process.address.rpartition(":")[2]) > port
            assert "port in use" in process.log.read_text()
            assert f"http://{process.address}" in process.log.read_text()


@pytest.mark.parametrize(
    ("options", "environment", "words"),
    [
        ((), {"REC_PORT": "70000"}, "REC_PORT is 70000: "),
        ((), {"REC_LLM_URL": "http://u:hunter2@h:port"}, "REC_LLM_URL: http://"),
        (("--port", "70000"), {}, "--port 70000 is none: name one of 0 to 65535"),
    ],
)
def test_what_cannot_be_used_ends_it_with_a_sentence(
    options: tuple[str, ...], environment: dict[str, str], words: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rec_api", *options],
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


def test_beyond_the_last_port_none_is_tried() -> None:
    with socket.create_server(("127.0.0.1", 65535)), pytest.raises(OSError, match="set REC_PORT"):
        bind("127.0.0.1", 65535)


def test_it_ends_on_sigterm_within_seconds(tmp_path: Path) -> None:
    with started(tmp_path / "home") as process, process.client() as client:
        client.get("/healthz")
        assert process.stop() in (0, -signal.SIGTERM)


def test_it_ends_when_its_parent_dies(tmp_path: Path) -> None:
    port_file = tmp_path / "port"
    options = ["-m", "rec_api", "--port", "0", "--port-file", str(port_file), "--with-parent"]
    script = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, *{options!r}])\n"
        "time.sleep(60)\n"
    )
    environment = {**os.environ, "REC_HOME": str(tmp_path / "home")}
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=REPOSITORY, env=environment, stderr=subprocess.DEVNULL
    ) as parent:
        deadline = time.monotonic() + 90
        while not port_file.exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        address = port_file.read_text().strip()
        httpx.get(f"http://{address}/healthz")
        parent.kill()
    deadline = time.monotonic() + 10
    while answers(address):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_it_ends_when_its_parent_died_before_it_could_look(tmp_path: Path) -> None:
    with subprocess.Popen(["true"]) as parent:
        pass
    options = ["-m", "rec_api", "--port", "0", "--with-parent", str(parent.pid)]
    environment = {**os.environ, "REC_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, *options], cwd=REPOSITORY, env=environment, capture_output=True, timeout=30
    )
    assert b"the parent process ended" in done.stdout + done.stderr


def test_what_does_not_heed_that_its_parent_died_is_ended_by_force() -> None:
    script = (
        "import signal, time\n"
        "from rec_api.listening import end_with_parent\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "end_with_parent(0, grace=0.5)\n"
        "time.sleep(60)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, timeout=30)
    assert done.returncode == -signal.SIGKILL


def answers(address: str) -> bool:
    try:
        httpx.get(f"http://{address}/healthz", timeout=2)
    except httpx.HTTPError:
        return False
    return True


def test_the_log_holds_no_text_no_key_and_no_password(tmp_path: Path) -> None:
    url = "redis://someone:hunter2@127.0.0.1:1"
    with started(tmp_path / "home", REC_REDIS_URL=url) as process, process.client("app") as client:
        whole_chain(client, "user-who-writes")
        client.post("/recommend", json={"user_id": "user-who-writes", "selected_text": TEXT})
        client.post("/recommend", content=b"{" + TEXT.encode())
        process.stop()
        log = process.log.read_text()
        keys = [file.read_text().strip() for file in (tmp_path / "home" / "keys").glob("*.key")]
    for line in log.splitlines():
        json.loads(line)
    for secret in (TEXT, TEXT[:8], "hunter2", "user-who-writes", *keys):
        assert secret not in log


def test_importing_the_service_brings_no_heavy_library() -> None:
    script = (
        "import sys, rec_api.app\n"
        "heavy = {'dagster', 'torch', 'sklearn', 'pandas', 'scipy', 'rec_assets', 'dask'}\n"
        "sys.exit(','.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_what_nobody_foresaw_is_a_500_without_its_message(
    service: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from tests.rec_api.conftest import Running

    assert isinstance(service, Running)

    def fail(*_: object) -> None:
        raise RuntimeError(TEXT)

    monkeypatch.setattr("rec_api.recommend.detect_language", fail)
    answer = service.recommend()
    assert answer.status_code == 500
    assert answer.json()["detail"]
    assert TEXT not in caplog.text
    assert "RuntimeError" in str([vars(record).get("error") for record in caplog.records])


def test_the_one_that_bots_use_stays_on_this_machine_whatever_host_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REC_HOST", "127.0.0.2")
    with service(Settings()) as endpoint:
        assert endpoint.url.startswith("http://127.0.0.1:")
        assert httpx.get(f"{endpoint.url}/healthz").is_success
