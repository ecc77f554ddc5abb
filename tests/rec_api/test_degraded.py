from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import redis

from rec_api.documents import document_hash
from rec_api.stale_contexts import StaleContexts
from resources.embedded_redis import embedded_redis
from resources.encoder import open_encoder
from resources.profile_cache import ProfileCache
from resources.records import COLLECTIONS, PROTOTYPES
from tests.rec_api.conftest import TEXT, Running, add_prototypes, service_at
from tests.rec_api.test_recommend import publish

NOWHERE = "redis://127.0.0.1:1"  # nothing listens there


@pytest.fixture(scope="module")
def without_encoder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with service_at(tmp_path_factory.mktemp("home"), encoder="none") as made:
        yield made


@pytest.fixture(scope="module")
def without_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with service_at(tmp_path_factory.mktemp("home"), redis_url=NOWHERE) as made:
        yield made


def test_without_an_encoder_the_text_terms_are_absent_and_said(
    without_encoder: Running, user: str
) -> None:
    without_encoder.put_document(user, "d", TEXT * 20)
    answer = without_encoder.recommend(user_id=user).json()
    assert answer["degraded"] == ["encoder", "document"]
    assert (answer["P_vec"], answer["P_doc"]) == (None, None)
    assert answer["weights"]["vec"] == answer["weights"]["doc"] == 0
    assert sum(answer["weights"].values()) == pytest.approx(1)


def test_without_an_encoder_by_choice_the_service_is_ready(without_encoder: Running) -> None:
    assert httpx.get(f"{without_encoder.url}/readyz").json()["ready"]


def test_without_redis_the_user_term_is_absent_and_said(without_redis: Running, user: str) -> None:
    answer = without_redis.recommend(user_id=user).json()
    assert set(answer["degraded"]) == {"document", "profile"}
    assert answer["P_user"] is None
    assert answer["weights"]["vec"] > 0


def test_without_redis_the_whole_chain_still_works(without_redis: Running, user: str) -> None:
    put = without_redis.put_document(user, "d", TEXT * 20)
    shown = without_redis.recommend(user_id=user).json()
    run = without_redis.paraphrase(shown, user).json()
    assert (put.status_code, put.json()["ready"]) == (200, False)
    assert without_redis.log(run, user).status_code == 200


def test_readyz_names_what_is_missing(without_redis: Running) -> None:
    answer = httpx.get(f"{without_redis.url}/readyz")
    assert answer.status_code == 503
    assert [line.split(":")[0] for line in answer.json()["missing"]] == ["profile cache"]
    assert httpx.get(f"{without_redis.url}/healthz").status_code == 200


def test_prototypes_made_after_the_start_are_taken_up(tmp_path: Path, user: str) -> None:
    encoder = open_encoder("static")
    assert encoder is not None
    with service_at(tmp_path, redis_url=NOWHERE) as service:
        service.app.state.service.served.prototypes = None
        service.store.delete(PROTOTYPES, {})
        missing = httpx.get(f"{service.url}/readyz").json()["missing"]
        assert any(line.startswith("prototypes") for line in missing)
        assert service.recommend(user_id=user).json()["P_vec"] is None
        add_prototypes(service.store)
        httpx.get(f"{service.url}/readyz")
        assert service.recommend(user_id=user).json()["P_vec"] is not None


def test_when_redis_dies_the_last_j_is_used_and_the_user_term_is_absent(
    tmp_path: Path, user: str
) -> None:
    with service_at(tmp_path) as service:
        cache = ProfileCache(service.settings.redis_url)
        publish(cache, user, "2026-01-01", "c0")
        cache.close()
        before = service.recommend(user_id=user).json()
        with redis.Redis.from_url(service.settings.redis_url) as server:
            os.kill(server.info("server")["process_id"], signal.SIGKILL)
        after = service.recommend(user_id=user).json()
    assert before["cache_hit_profile"]
    assert before["P_user"] is not None
    assert set(after["degraded"]) == {"document", "profile"}
    assert after["cache_hit_clusters"]
    assert after["versions"] == before["versions"]


def test_a_bot_whose_document_the_cache_lost_is_answered_as_if_it_had_not(
    tmp_path: Path, user: str
) -> None:
    with service_at(tmp_path) as service:
        assert service.put_document(user, "d", TEXT, role="simulator").status_code == 200
        with redis.Redis.from_url(service.settings.redis_url) as server:
            server.flushall()
        asked = service.recommend(role="simulator", user_id=user, doc_id="d").json()
    assert "document" not in asked["degraded"]
    assert asked["P_doc"] is not None


def test_a_bot_is_not_answered_without_the_cache_and_nothing_is_stored(
    without_redis: Running, user: str
) -> None:
    asked = without_redis.recommend(role="simulator", user_id=user)
    put = without_redis.put_document(user, "d", "text", role="simulator")
    assert (asked.status_code, put.status_code) == (503, 503)
    assert without_redis.store.count(COLLECTIONS["A"], {"user_id": user}) == 0


THESIS, MAIL = TEXT * 20, "회의 일정을 확인해 주시면 감사하겠습니다."


class Line:
    """The way to a Redis, which keeps what it has while the way is cut."""

    def __init__(self, url: str, folder: Path) -> None:
        self._server, self._socket = url.removeprefix("unix://"), folder / "socket"
        self.url = f"unix://{self._socket}"
        self.open()

    def cut(self) -> None:
        self._socket.unlink()
        with redis.Redis(unix_socket_path=self._server) as server:
            server.client_kill_filter(_type="normal", skipme=True)

    def open(self) -> None:
        self._socket.symlink_to(self._server)


@contextmanager
def line_to_redis(home: Path) -> Iterator[Line]:
    with embedded_redis(home) as url, tempfile.TemporaryDirectory() as folder:
        yield Line(url, Path(folder))


def seen(service: Running, user: str, role: str = "app") -> float:
    """The length of document `d` as /recommend used it; 0: it said that it used none."""
    answer = service.recommend(role, user_id=user).json()
    row = service.row(COLLECTIONS["A"], answer["insert_id"])
    assert row is not None
    length: float = row["settings"]["document_length"]
    assert ("document" in answer["degraded"]) == (length == 0)
    return length


def until_used(service: Running, user: str) -> set[float]:
    """The lengths that /recommend used until it used one."""
    said, deadline = {seen(service, user)}, time.monotonic() + 10
    while not any(said):
        assert time.monotonic() < deadline
        time.sleep(0.02)
        said.add(seen(service, user))
    return said


def test_a_text_put_while_redis_was_away_is_seen_and_the_one_before_never_again(
    tmp_path: Path, user: str
) -> None:
    with (
        line_to_redis(tmp_path) as line,
        service_at(tmp_path, redis_url=line.url) as service,
    ):
        service.put_document(user, "d", THESIS)
        assert seen(service, user) == len(THESIS)
        line.cut()
        assert not service.put_document(user, "d", MAIL).json()["ready"]
        line.open()
        assert until_used(service, user) <= {0, len(MAIL)}
        assert seen(service, user) == len(MAIL)


def test_a_document_deleted_while_redis_was_away_is_used_no_more(tmp_path: Path, user: str) -> None:
    with (
        line_to_redis(tmp_path) as line,
        service_at(tmp_path, redis_url=line.url) as service,
    ):
        service.put_document(user, "d", THESIS)
        line.cut()
        gone = service.client().delete("/documents/d", params={"user_id": user})
        assert gone.json()["deleted"]
        line.open()
        assert seen(service, user) == 0
        with redis.Redis.from_url(line.url) as server:
            deadline = time.monotonic() + 10
            while server.exists("macro_context:" + document_hash(user, "d")):
                assert time.monotonic() < deadline, "the deleted document's F stays"
                time.sleep(0.02)
        assert seen(service, user) == 0


def test_a_service_started_anew_knows_what_redis_missed(tmp_path: Path, user: str) -> None:
    with line_to_redis(tmp_path) as line:
        with service_at(tmp_path, redis_url=line.url) as service:
            service.put_document(user, "d", THESIS)
            line.cut()
            service.put_document(user, "d", MAIL)
        line.open()
        with service_at(tmp_path, redis_url=line.url) as service:
            assert until_used(service, user) <= {0, len(MAIL)}


def test_a_bot_is_answered_with_the_text_that_redis_missed(tmp_path: Path, user: str) -> None:
    with (
        line_to_redis(tmp_path) as line,
        service_at(tmp_path, redis_url=line.url) as service,
    ):
        service.put_document(user, "d", THESIS, role="simulator")
        line.cut()
        assert service.put_document(user, "d", MAIL, role="simulator").status_code == 503
        line.open()
        assert seen(service, user, "simulator") == len(MAIL)
        assert list((tmp_path / "stale_contexts").iterdir()) == []  # nothing is left of it


def test_marks_that_outlived_what_they_speak_of_are_removed(tmp_path: Path) -> None:
    folder = tmp_path / "stale"
    StaleContexts(folder).add("old")
    os.utime(folder / "old", (0, 0))
    after = StaleContexts(folder)
    after.add("new")
    assert ("old" in after, "new" in after) == (False, True)
    after.discard("new")
    after.discard("never there")
    assert list(folder.iterdir()) == []
