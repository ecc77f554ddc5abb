"""The GitHub workflow: valid, pinned, on every supported Python, against the servers of compose."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

from tests.stack.schemas import keeps_to

ROOT = Path(__file__).parents[1]
FILE = ROOT / ".github" / "workflows" / "suite.yml"
TEXT = FILE.read_text(encoding="utf-8")
JOBS: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["jobs"]
SUITE = JOBS["suite"]


def test_it_keeps_to_the_schema_of_workflows() -> None:
    keeps_to("vendor.github-workflows", FILE)
    keeps_to("custom.github-workflows-require-timeout", FILE)


def test_every_action_is_pinned_by_its_commit() -> None:
    used = re.findall(r"uses: (\S+)", TEXT)
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action) for action in used)


def test_it_runs_on_every_python_that_the_project_supports() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == ">=3.11,<3.13"
    assert SUITE["strategy"]["matrix"]["python"] == ["3.11", "3.12"]


def test_its_servers_are_those_of_compose() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.mini.yml").read_text(encoding="utf-8"))
    for name, service in SUITE["services"].items():
        assert service["image"] == compose["services"][name]["image"]
    assert set(SUITE["services"]) == {"mongo", "redis", "elasticsearch"}


def test_the_tests_are_told_of_every_server_and_look_for_it() -> None:
    told = {name for name in SUITE["env"] if name.startswith("REC_TEST_")}
    known = (ROOT / "tests" / "resources" / "conftest.py").read_text(encoding="utf-8")
    looked_for = set(re.findall(r"REC_TEST_\w+_URL", known))
    assert looked_for <= told
    assert {"REC_TEST_MONGO_URL", "REC_TEST_REDIS_URL"} <= looked_for


def test_it_may_read_the_repository_and_nothing_else() -> None:
    assert yaml.safe_load(TEXT)["permissions"] == {"contents": "read"}
    assert TEXT.count("persist-credentials: false") == TEXT.count("actions/checkout@")
    assert "secrets." not in TEXT
