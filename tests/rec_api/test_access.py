from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import httpx
import pytest

from rec_api.access import ROLES, Keys
from tests.rec_api.conftest import Running


@pytest.mark.parametrize("key", [None, "", "wrong-key-wrong-key"])
def test_without_a_known_key_nothing_is_answered(service: Running, key: str | None) -> None:
    headers = {} if key is None else {"X-API-Key": key}
    body = {"user_id": "u", "doc_id": "d", "selected_text": "x"}
    answer = httpx.post(f"{service.url}/recommend", json=body, headers=headers)
    assert answer.status_code == 401
    assert "recwheel key" in answer.json()["detail"]
    assert "wrong-key" not in answer.text


@pytest.mark.parametrize("role", ROLES)
def test_every_role_may_ask(service: Running, user: str, role: str) -> None:
    assert service.recommend(role, user_id=user).status_code == 200


@pytest.mark.parametrize("role", ["app", "admin"])
@pytest.mark.parametrize(
    ("field", "value"),
    [("created_at", 0), ("created_at", 1), ("origin", "live"), ("explore", False)],
)
def test_only_the_simulator_sets_time_origin_and_exploration(
    service: Running, user: str, role: str, field: str, value: Any
) -> None:
    answer = service.recommend(role, user_id=user, **{field: value})
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["field"] == field
    assert service.recommend("simulator", user_id=user, **{field: value}).status_code == 200


def test_what_the_simulator_does_is_marked(service: Running, user: str) -> None:
    made = service.recommend("simulator", user_id=user).json()["insert_id"]
    assert (service.row("editor_recommend_options", made) or {})["origin"] == "simulation"


def test_keys_are_hashed_at_rest_and_read_by_their_owner_only(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    files = list((tmp_path / "keys").iterdir())
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    hashes = (tmp_path / "keys" / "api_keys.json").read_text()
    assert all(keys.own(role) not in hashes for role in ROLES)
    assert all(keys.role_of(keys.own(role)) == role for role in ROLES)


def test_keys_are_made_once(tmp_path: Path) -> None:
    assert Keys(tmp_path).own("app") == Keys(tmp_path).own("app")


def test_a_key_added_later_is_known_without_a_restart(tmp_path: Path) -> None:
    keys, other = Keys(tmp_path / "a"), Keys(tmp_path / "b")
    file = tmp_path / "a" / "keys" / "api_keys.json"
    more = json.loads((tmp_path / "b" / "keys" / "api_keys.json").read_text())["keys"]
    file.write_text(json.dumps({"keys": json.loads(file.read_text())["keys"] + more}))
    assert keys.role_of(other.own("admin")) == "admin"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/docs", "/openapi.json"])
def test_health_and_documentation_need_no_key(service: Running, path: str) -> None:
    assert httpx.get(service.url + path).status_code == 200
