"""docker-compose.mini.yml, its image and its .env.example: valid, complete, without a secret."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docker-compose.mini.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("service", "webserver", "daemon")
VARIABLE = re.compile(r"\$\{(\w+)(:[-?+])?([^}]*)\}")


def compose_schema() -> dict[str, Any]:
    """The Compose specification's schema, else the part of it that this file must keep to."""
    named = os.environ.get("REC_COMPOSE_SCHEMA")
    path = Path(named) if named else ROOT.parent / "shared" / "data" / "compose-spec.json"
    if named or path.exists():
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return content
    texts = {"type": "array", "items": {"type": "string"}}
    check = {"type": "object", "required": ["test"], "properties": {"test": texts}}
    fields = {"command": texts, "ports": texts, "volumes": texts, "healthcheck": check}
    one = {"type": "object", "required": ["image"], "properties": fields}
    services = {"type": "object", "additionalProperties": one}
    top = {"services": services, "volumes": {"type": "object"}, "name": {"type": "string"}}
    return {
        "type": "object",
        "required": ["services"],
        "properties": top,
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
    }


def test_it_keeps_to_the_compose_specification() -> None:
    jsonschema.Draft7Validator(compose_schema()).validate(COMPOSE)


def test_every_service_is_there_and_watched() -> None:
    assert set(SERVICES) == {"mongo", "redis", *OURS}
    assert all("healthcheck" in service for service in SERVICES.values())


def test_every_service_waits_for_services_that_exist() -> None:
    for name, service in SERVICES.items():
        waits = service.get("depends_on", {})
        assert set(waits) <= set(SERVICES) - {name}
        assert all(how == {"condition": "service_healthy"} for how in waits.values())


def test_every_named_volume_is_declared() -> None:
    used = {volume.split(":")[0] for s in SERVICES.values() for volume in s.get("volumes", ())}
    assert used == set(COMPOSE["volumes"])


def test_only_this_machine_reaches_what_is_published() -> None:
    published = {name: s["ports"] for name, s in SERVICES.items() if "ports" in s}
    assert published == {
        "service": ["127.0.0.1:8000:8000"],
        "webserver": ["127.0.0.1:3000:3000"],
    }


@pytest.mark.parametrize("name", OURS)
def test_records_go_to_mongodb_by_default(name: str) -> None:
    assert SERVICES[name]["environment"]["REC_LOG_URL"].startswith("${REC_LOG_URL:?")
    assert example()["REC_LOG_URL"].startswith("mongodb://")


def test_no_secret_has_a_default() -> None:
    used = VARIABLE.findall(TEXT)
    for name, operator, rest in used:
        if name.endswith("PASSWORD"):
            assert operator == ":?", f"{name} must be demanded, without a default"
        elif name.endswith(("KEY", "SECRET", "TOKEN")):
            assert (operator, rest) == (":-", ""), f"{name} must be empty unless it is given"
    assert {"MONGO_PASSWORD", "REDIS_PASSWORD"} <= {name for name, _, _ in used}
    secret = re.compile("PASSWORD|KEY|SECRET|TOKEN|AUTH")
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert not secret.search(name) or VARIABLE.fullmatch(value), name


def test_the_stores_ask_for_a_password() -> None:
    assert "MONGO_INITDB_ROOT_PASSWORD" in SERVICES["mongo"]["environment"]
    assert "--requirepass" in SERVICES["redis"]["command"]


def test_the_example_names_every_variable_and_no_password() -> None:
    lines = example()
    assert set(lines) == {name for name, _, _ in VARIABLE.findall(TEXT)}
    assert not any(lines[name] for name in lines if name.endswith(("PASSWORD", "KEY")))


def test_the_image_runs_as_nobody_special_and_without_pytorch() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    steps = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    assert re.findall(r"^USER (\S+)$", steps, re.MULTILINE) == ["recwheel"]
    assert "-c constraints.txt" in steps
    assert "torch" not in steps
    assert not re.search(r"^(COPY|ADD) \. ", steps, re.MULTILINE)


@pytest.mark.parametrize("source", ["Dockerfile", "docker-compose.mini.yml"])
def test_what_they_copy_or_run_exists(source: str) -> None:
    text = (ROOT / source).read_text(encoding="utf-8")
    named = re.findall(r"^COPY (.+) \S+$", text, re.MULTILINE)
    named += re.findall(r"-w[ ,]+([\w.]+)", text)
    assert named
    assert all((ROOT / path).exists() for line in named for path in line.split())


def example() -> dict[str, str]:
    """The variables of .env.example."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return {
        name: value
        for name, _, value in (line.partition("=") for line in lines if line[:1] not in ("", "#"))
    }
