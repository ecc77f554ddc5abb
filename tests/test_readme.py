"""Every command of the READMEs is run by a test: here, or by the one that is named."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.readme import READMES, ROOT, commands
from tests.rec_assets.command_line import RECWHEEL, surroundings

# Run elsewhere: what runs it.
ELSEWHERE = {
    "make run": "tests/test_makefile.py runs make's recipe; tests/rec_assets/test_cli.py the run",
    "make test": ".ci/run",
    ".venv/bin/recwheel up": "tests/rec_assets/commands/test_up.py",
    "curl": "tests/rec_assets/commands/test_up.py",
    "REC_LOG_URL": "tests/rec_assets/test_wheel.py, over MongoDB's wire",
    ".venv/bin/recwheel copy": "tests/rec_assets/commands/test_copying.py, over MongoDB's wire",
    "docker compose": "no engine here: tests/test_compose.py validates the file",
}
HERE = [c for c in commands() if not c.startswith(tuple(ELSEWHERE))]


def test_both_readmes_tell_the_same_commands() -> None:
    one, other = ([re.sub(r"<[^>]*>", "<>", c) for c in commands(name)] for name in READMES)
    assert one == other


def test_what_is_run_elsewhere_is_still_told() -> None:
    for start in ELSEWHERE:
        assert any(command.startswith(start) for command in commands()), start


@pytest.mark.parametrize("command", HERE)
def test_a_command_of_the_readme_succeeds(command: str, used_home: Path) -> None:
    words = shlex.split(command.replace(".venv/bin/recwheel", str(RECWHEEL)))
    done = subprocess.run(
        words, cwd=ROOT, env=surroundings(used_home), capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_figures_shown_are_those_of_the_first_run(first_run: dict[str, Any]) -> None:
    judged = f"{first_run['exit_criteria']['users_judged']} users judged"
    for name in READMES:
        shown = re.search(
            r"<!-- first-run -->(.*?)<!-- /first-run -->", (ROOT / name).read_text("utf-8"), re.S
        )
        assert shown is not None
        assert judged in shown.group(1), name
