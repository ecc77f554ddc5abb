"""Secrets and a person's sentence, planted in a wheel that runs, loads, fails; then looked for."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import httpx
import pytest

from resources.log_store import open_log_store
from resources.records import ALL_COLLECTIONS, COLLECTIONS, RAW, TEXT_FIELDS
from tests.planted.answers import queries
from tests.planted.exports import MARKS
from tests.planted.search import places
from tests.planted.wheel import DAY, SECRETS, PlantedWheel, Running, planted_wheel, write_live

# Where a text may be: the file that was dropped, and records that wait for the log store.
BASIC = "Basic ZWxhc3RpYzpxenh2LW1vbmdvLTEwMDE="  # elastic and the password of MongoDB
HOLDS_TEXT = ("inbox/", "outbox.sqlite")


class Remains:
    """What a wheel left: files, what it printed, what its interface answered, where text lies."""

    def __init__(self, wheel: PlantedWheel, texts: dict[str, str], holding: set[str]) -> None:
        self.wheel, self.texts, self.holding = wheel, texts, holding
        self.keys = wheel.keys()

    def files(self, *allowed: str) -> list[Path]:
        """Every file under REC_HOME but those whose name begins with one that is allowed."""
        found = sorted(path for path in self.wheel.home.rglob("*") if path.is_file())
        inside = [(path, str(path.relative_to(self.wheel.home))) for path in found]
        return [path for path, name in inside if not name.startswith(allowed)]


@pytest.fixture(scope="module")
def remains(tmp_path_factory: pytest.TempPathFactory) -> Remains:
    """A load, live requests, a day, a load by the sensor; then one store after the other fails."""
    with planted_wheel(tmp_path_factory.mktemp("planted")) as up:
        key = up.wheel.keys()["app"]
        assert write_live(up.service, key) == [200, 200, 502, 422, 422, 422, 401, 404]
        assert up.interface.ended(up.interface.launch("wheel", partition=DAY)) == "SUCCESS"
        _await_loads(up)
        holding = _collections_with_text(up.wheel)
        up.search.kill()
        up.interface.failed_once(up.interface.launch("wheel", ["golden_index"], DAY))
        os.kill(up.redis, signal.SIGKILL)
        up.interface.failed_once(up.interface.launch("wheel", ["serving_profiles"], DAY))
        os.kill(up.mongo, signal.SIGKILL)
        up.interface.failed_once(up.interface.launch("wheel", ["training_examples"], DAY))
        write_live(up.service, key)
        up.wheel.command("status")
        answers = {name: _answer(up, query) for name, query in queries()}
    texts = answers | {f"printed {k}": text for k, text in enumerate(up.wheel.printed)}
    return Remains(up.wheel, texts, holding)


def test_what_was_looked_through_holds_what_went_wrong(remains: Remains) -> None:
    assert "check REC_LOG_URL" in remains.texts["runsOrError"]
    assert "REC_REDIS_URL" in remains.texts["runsOrError"]
    assert "Elasticsearch" in remains.texts["runsOrError"]
    assert '"errors"' not in "".join(remains.texts.values())
    for root, wanted in (
        ("sensorsOrError", "cursor"),
        ("instance", "local_artifact_storage"),
        ("runsOrError", DAY),
    ):
        assert wanted in remains.texts[root]
    logs = {path.name for path in remains.files() if path.parent.name == "logs"}
    assert logs >= {"service.log", "dagster.log"}
    assert any("compute_logs" in str(path) for path in remains.files())
    assert any(path.suffix == ".parquet" for path in remains.files())


def test_no_password_or_key_of_a_store_or_a_model_is_anywhere(remains: Remains) -> None:
    assert places(SECRETS, remains.files(), remains.texts) == []


def test_an_api_key_lies_in_its_own_file_alone(remains: Remains) -> None:
    assert set(remains.keys) == {"app", "simulator", "admin"}
    assert places(remains.keys, remains.files("keys/"), remains.texts) == []


def test_a_persons_sentence_is_in_no_log_no_metadata_no_table_and_no_answer(
    remains: Remains,
) -> None:
    assert places(MARKS, remains.files(*HOLDS_TEXT), remains.texts) == []


def test_the_log_store_holds_text_in_the_collections_that_are_named_alone(
    remains: Remains,
) -> None:
    assert remains.holding <= set(TEXT_FIELDS)
    assert {RAW, COLLECTIONS["E"], COLLECTIONS["K"]} <= remains.holding


def test_a_word_that_does_lie_somewhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"\0redis://:qzxv-redis-1002@h\0")
    found = places(SECRETS, [tmp_path / "a.log"], {"answer": BASIC})
    assert found == [("redis", str(tmp_path / "a.log")), ("mongo", "answer")]


def _answer(up: Running, query: str) -> str:
    return httpx.post(f"{up.interface.url}/graphql", json={"query": query}, timeout=60).text


def _await_loads(up: Running) -> None:
    """The command loaded two files, the sensor the dropped one."""
    deadline = time.monotonic() + 300
    while (done := up.interface.loads()).count("SUCCESS") < 3:
        assert time.monotonic() < deadline, done
        time.sleep(1)


def _collections_with_text(wheel: PlantedWheel) -> set[str]:
    store = open_log_store(wheel.environment["REC_LOG_URL"])
    try:
        rows = {name: str([*store.scan(name)]) for name in ALL_COLLECTIONS}
    finally:
        store.close()
    return {name for _, name in places(MARKS, [], rows)}
