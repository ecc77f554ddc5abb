"""A running service: real SQLite, real embedded Redis, real HTTP on a free port."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from rec_api.app import create_app
from rec_api.listening import address_of, bind
from rec_api.prototype_rows import prototypes_row
from rec_assets.prototypes.prototype_fit import fit_prototypes
from resources.embedded_redis import embedded_redis
from resources.encoder import open_encoder
from resources.log_store import LogStore
from resources.options import CATEGORIES
from resources.profile_cache import ProfileCache
from resources.records import PROTOTYPES
from resources.settings import Settings
from resources.sqlite_log_store import SqliteLogStore
from tests.resources.conftest import wire_url as wire_url  # the fixture

TEXT = "본 연구에서는 사용자 행동 로그를 바탕으로 개인화 추천 모델을 제안한다."
SAMPLES = {
    "thesis": (TEXT, "This thesis investigates how users adopt recommender systems."),
    "report": ("3분기 매출은 전년 대비 12% 증가했다.", "Quarterly revenue grew by twelve percent."),
    "article": ("어제 국회에서 새 법안이 통과됐다.", "Parliament passed the new bill yesterday."),
    "email": ("회의 일정을 확인해 주시면 감사하겠습니다.", "Please let me know if Monday works."),
    "marketing": ("지금 구매하면 30% 할인!", "Buy now and save thirty percent!"),
    "customer_service": (
        "불편을 드려 죄송합니다. 환불해 드리겠습니다.",
        "We will refund your order.",
    ),
    "none": ("오늘 점심 뭐 먹지?", "I went for a walk with the dog."),
}


@dataclass
class Running:
    """A service that answers, its stores, and short ways to call it."""

    url: str
    settings: Settings
    store: LogStore
    app: Any
    clients: dict[str, httpx.Client] = field(default_factory=dict)

    def client(self, role: str = "app") -> httpx.Client:
        if role not in self.clients:
            key = (self.settings.home / "keys" / f"{role}.key").read_text().strip()
            self.clients[role] = httpx.Client(
                base_url=self.url, headers={"X-API-Key": key}, timeout=30
            )
        return self.clients[role]

    def recommend(self, role: str = "app", key: str | None = None, **body: Any) -> httpx.Response:
        asked = {"user_id": new_user(), "doc_id": "d", "selected_text": TEXT} | body
        return self.client(role).post("/recommend", json=asked, headers=_key(key))

    def paraphrase(
        self, shown: dict[str, Any], user: str, key: str | None = None, **body: Any
    ) -> httpx.Response:
        asked = {
            "user_id": user,
            "recommend_session_id": shown["recommend_session_id"],
            "source_recommend_event_id": shown["insert_id"],
            "selected_text": TEXT,
            **{
                word: shown["reco_options"][0][word]
                for word in ("category", "intensity", "language")
            },
        }
        return self.client().post("/paraphrase", json=asked | body, headers=_key(key))

    def log(self, run: dict[str, Any], user: str, **body: Any) -> httpx.Response:
        asked = {
            "event": "editor_selected_paraphrasing",
            "user_id": user,
            "recommend_session_id": run["recommend_session_id"],
            "source_recommend_event_id": run["source_recommend_event_id"],
            "source_paraphrase_event_id": run["insert_id"],
            "correction_history_id": run["correction_history_id"],
            "accepted": True,
            "selected_index": 1,
        }
        return self.client().post("/log", json=asked | body)

    def put_document(self, user: str, doc: str, text: str, role: str = "app") -> httpx.Response:
        return self.client(role).put(f"/documents/{doc}", json={"user_id": user, "text": text})

    def row(self, letter_collection: str, key: str) -> dict[str, Any] | None:
        return self.store.get(letter_collection, [key]).get(key)


def new_user() -> str:
    return f"u-{uuid.uuid4().hex[:12]}"


def _key(key: str | None) -> dict[str, str]:
    return {} if key is None else {"Idempotency-Key": key}


@contextmanager
def running(
    settings: Settings, store: LogStore, clock: Callable[[], float] = time.time
) -> Iterator[Running]:
    """The service in a thread."""
    listener = bind("127.0.0.1", 0)
    app = create_app(settings, store=store, clock=clock)
    config = uvicorn.Config(app, access_log=False, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.005)
    assert server.started, "the service did not start"
    service = Running(f"http://{address_of(listener)}", settings, store, app)
    try:
        yield service
    finally:
        for client in service.clients.values():
            client.close()
        server.should_exit = True
        thread.join(20)
        listener.close()


def add_prototypes(store: LogStore) -> None:
    """Category vectors of a few texts, made with the committed encoder."""
    encoder = open_encoder("static")
    assert encoder is not None
    texts = [text for category in CATEGORIES for text in SAMPLES[category]]
    categories = [category for category in CATEGORIES for _ in SAMPLES[category]]
    languages = ["ko", "en"] * len(CATEGORIES)
    made = fit_prototypes(texts, encoder.encode(texts), categories, languages, encoder.version)
    store.put(PROTOTYPES, [prototypes_row(made, len(texts))])


@contextmanager
def service_at(home: Path, **settings: Any) -> Iterator[Running]:
    """A whole service under `home`, with an embedded Redis of its own."""
    with ExitStack() as stack:
        store = SqliteLogStore(home / "recwheel.sqlite")
        stack.callback(store.close)
        add_prototypes(store)
        settings.setdefault("redis_url", stack.enter_context(embedded_redis(home)))
        yield stack.enter_context(running(Settings(home=home, **settings), store))


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One service for all tests that leave it as it is; each takes a user of its own."""
    with service_at(tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest.fixture
def user() -> str:
    return new_user()


@pytest.fixture
def cache(service: Running) -> Iterator[ProfileCache]:
    made = ProfileCache(service.settings.redis_url)
    yield made
    made.close()
