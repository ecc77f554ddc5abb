"""The GitHub workflow: valid, pinned, on every supported Python, against the servers of compose."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import yaml

from tests.stack.compose_file import EXAMPLE, read_compose, read_environment
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


def commands(job: str) -> list[str]:
    """What a job's steps run, in order."""
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step]


def test_the_suite_runs_as_root_since_no_test_may_be_left_out() -> None:
    """Mounting a small disk, becoming somebody else: without root these tests are skipped."""
    (command,) = commands("suite")
    assert shlex.split(command) == [
        "sudo", "--preserve-env", "env", "HOME=/root", "PATH=$PATH", "bash", ".ci/run",
    ]  # fmt: skip
    assert "REC_FAIL_ON_SKIP=1" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_a_repository_without_the_variable_is_told_so_first() -> None:
    first = JOBS["images"]["steps"][0]["run"]
    assert JOBS["images"]["env"] == {"TORCH_INDEX": "${{ vars.TORCH_INDEX }}"}
    without, given = (
        subprocess.run(
            ["bash", "-e", "-c", first],
            env={"PATH": os.environ["PATH"], "TORCH_INDEX": word},
            capture_output=True,
            text=True,
        )
        for word in ("", "https://example.invalid/cpu")
    )
    assert without.returncode == 1
    assert without.stdout.count("\n") == 1
    assert "::error::The repository has no variable TORCH_INDEX" in without.stdout
    assert (given.returncode, given.stdout) == (0, "")


def test_the_stack_starts_with_every_demanded_variable_given(tmp_path: Path) -> None:
    """The job's own line makes .env of .env.example; TORCH_INDEX comes from its environment."""
    (line,) = (one for one in "\n".join(commands("images")).splitlines() if one[:4] == "sed ")
    (tmp_path / ".env.example").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    subprocess.run(["bash", "-e", "-c", line], cwd=tmp_path, check=True)
    filled = read_environment((tmp_path / ".env").read_text(encoding="utf-8"))
    assert not filled["TORCH_INDEX"]
    read_compose(filled | {"TORCH_INDEX": "https://example.invalid/cpu"})


def test_a_stack_that_never_becomes_ready_fails_the_job() -> None:
    """Nothing is loaded and no run is asked for there: category vectors come by themselves."""
    (answered,) = (one for one in commands("images") if "8000/readyz" in one)
    assert "curl -fsS --retry" in answered
    assert not any("recwheel load" in one or "materialize" in one for one in commands("images"))


def test_kibanas_refusal_of_the_dashboard_fails_the_job() -> None:
    (told,) = (one for one in commands("images") if "kibana-setup" in one)
    assert told.split()[-4:] == ["run", "--rm", "--no-deps", "kibana-setup"]
    answered = next(one for one in commands("images") if "5601/api/status" in one)
    assert commands("images").index(told) > commands("images").index(answered)


def test_it_may_read_the_repository_and_nothing_else() -> None:
    assert yaml.safe_load(TEXT)["permissions"] == {"contents": "read"}
    assert TEXT.count("persist-credentials: false") == TEXT.count("actions/checkout@")
    assert "secrets." not in TEXT
