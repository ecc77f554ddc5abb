"""docker-compose.mini.yml as compose reads it: merged, and filled in from an environment file."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_FILE = ROOT / "docker-compose.mini.yml"
EXAMPLE = ROOT / ".env.example"
# Something for each variable that the file demands, where a test starts none of its containers.
ANYTHING = {
    "MONGO_PASSWORD": "given",
    "REDIS_PASSWORD": "given",
    "ELASTIC_PASSWORD": "given",
    "KIBANA_PASSWORD": "given",
    "KIBANA_ENCRYPTION_KEY": "k" * 32,
    "REC_LOG_URL": "mongodb://mongo:27017/recwheel",
    "REC_START": "2026-01-05",
    "TORCH_INDEX": "https://example.invalid/cpu",
}
VARIABLE = re.compile(r"\$(?:(\$)|\{(\w+)(?:(:[-?])([^}]*))?\})")


def read_compose(environment: Mapping[str, str]) -> dict[str, Any]:
    """The file's content with every `${…}` filled in; KeyError with the message of a missing one.

    Like compose: values are filled in after the YAML was parsed, `$$` is a dollar.
    """
    parsed = yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))
    filled: dict[str, Any] = _filled(parsed, environment)
    return filled


def demanded() -> set[str]:
    """The variables without which compose starts nothing: `${NAME:?why}`."""
    parsed = yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))
    found = VARIABLE.findall(yaml.safe_dump(parsed, width=10_000))
    return {name for _, name, operator, _ in found if operator == ":?"}


def read_environment(text: str) -> dict[str, str]:
    """The variables of an environment file; later ones may name earlier ones."""
    return {k: v or "" for k, v in dotenv_values(stream=io.StringIO(text)).items()}


def image_environment() -> dict[str, str]:
    """What ENV says in the Dockerfile; both images have the same."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = re.findall(r"^ENV (.+)$", text, re.MULTILINE)
    return dict(pair.split("=", 1) for line in lines for pair in line.split())


def _filled(node: Any, environment: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _filled(value, environment) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(value, environment) for value in node]
    if isinstance(node, str):
        return VARIABLE.sub(lambda match: _value(match, environment), node)
    return node


def _value(match: re.Match[str], environment: Mapping[str, str]) -> str:
    dollar, name, operator, rest = match.groups()
    if dollar:
        return "$"
    value = environment.get(name, "")
    if not value and operator == ":?":
        raise KeyError(f"{name}: {rest}")
    return value or (rest if operator == ":-" else "")
