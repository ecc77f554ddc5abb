"""docker-compose.mini.yml as compose reads it: merged, filled in from .env, with its env_files."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from dotenv import dotenv_values
from dotenv.parser import parse_stream

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_FILE = ROOT / "docker-compose.mini.yml"
EXAMPLE = ROOT / ".env.example"
SETTINGS = "recwheel.env"
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
# A default may itself name a variable: ${THIS:-${THAT:?why}}.
VARIABLE = re.compile(r"\$(?:(\$)|([A-Za-z_]\w*)|\{(\w+)(?:(:[-?])((?:[^${}]|\$\{[^{}]*\})*))?\})")


def read_compose(
    environment: Mapping[str, str], beside: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The file's content with every `${…}` filled in; KeyError with the message of a missing one.

    Like compose: values are filled in after the YAML was parsed, `$$` is a dollar, a service's
    `environment` wins over its env_files. `beside` holds the content of the env_files that there
    are, by path; none of this machine's own is read.
    """
    parsed = yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))
    filled: dict[str, Any] = _filled(parsed, environment)
    for service in filled["services"].values():
        files = service.pop("env_file", [])
        given = _from_files(files, beside or {}, environment) | service.get("environment", {})
        if given:
            service["environment"] = given
    return filled


def variables(text: str) -> list[tuple[str, str, str]]:
    """Name, operator and rest of each variable that compose fills in, those in defaults too."""
    found = []
    for _, bare, name, operator, rest in VARIABLE.findall(text):
        if bare or name:
            found += [(bare or name, operator, rest), *variables(rest)]
    return found


def demanded() -> set[str]:
    """The variables without which compose starts nothing: `${NAME:?why}`."""
    parsed = yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))
    found = variables(yaml.safe_dump(parsed, width=10_000))
    return {name for name, operator, _ in found if operator == ":?"}


def read_environment(text: str) -> dict[str, str]:
    """The variables of an environment file; later ones may name earlier ones."""
    return {k: v or "" for k, v in dotenv_values(stream=io.StringIO(text)).items()}


def image_environment() -> dict[str, str]:
    """What ENV says in the Dockerfile; both images have the same."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = re.findall(r"^ENV (.+)$", text, re.MULTILINE)
    return dict(pair.split("=", 1) for line in lines for pair in line.split())


def read_env_file(text: str, environment: Mapping[str, str]) -> dict[str, str]:
    """What a service's env_file gives it: all is filled in but what stands in single quotes."""
    given: dict[str, str] = {}
    for line in parse_stream(io.StringIO(text)):
        assert not line.error, line.original.string
        if line.key is not None:
            literal = re.search(r"=\s*'", line.original.string)
            value, known = line.value or "", {**given, **environment}
            given[line.key] = value if literal else str(_filled(value, known))
    return given


def _from_files(
    files: str | Sequence[Any], beside: Mapping[str, str], environment: Mapping[str, str]
) -> dict[str, str]:
    given: dict[str, str] = {}
    for file in [files] if isinstance(files, str) else files:
        entry = {"path": file} if isinstance(file, str) else file
        if entry["path"] in beside:
            given |= read_env_file(beside[entry["path"]], environment)
        elif entry.get("required", True):
            raise FileNotFoundError(entry["path"])
    return given


def _filled(node: Any, environment: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _filled(value, environment) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(value, environment) for value in node]
    if isinstance(node, str):
        return VARIABLE.sub(lambda match: _value(match, environment), node)
    return node


def _value(match: re.Match[str], environment: Mapping[str, str]) -> str:
    dollar, bare, name, operator, rest = match.groups()
    if dollar:
        return "$"
    value = environment.get(bare or name, "")
    if not value and operator == ":?":
        raise KeyError(f"{name}: {rest}")
    return value or (str(_filled(rest, environment)) if operator == ":-" else "")
