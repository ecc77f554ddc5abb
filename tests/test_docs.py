"""Every command of docs/ is run by a test: here, by the README's, or by the one that is named."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.readme import ROOT, commands
from tests.rec_assets.command_line import RECWHEEL, surroundings
from tests.test_readme import HERE as OF_README

PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md"))
# Run elsewhere: what runs it.
ELSEWHERE = {
    ".venv/bin/recwheel up": "tests/rec_assets/commands/test_up.py",
    ".venv/bin/recwheel backfill": "tests/rec_assets/commands/test_backfill.py",
}
TOLD = sorted({command for page in PAGES for command in commands(page)})
HERE = [c for c in TOLD if not c.startswith(tuple(ELSEWHERE)) and c not in OF_README]


def test_what_is_run_elsewhere_is_still_told() -> None:
    for start in ELSEWHERE:
        assert any(command.startswith(start) for command in TOLD), start


@pytest.mark.parametrize("command", HERE)
def test_a_command_of_the_docs_succeeds(command: str, used_home: Path, tmp_path: Path) -> None:
    beside(tmp_path, used_home)
    done = subprocess.run(
        ["bash", "-ec", command.replace(".venv/bin/", f"{RECWHEEL.parent}/")],
        cwd=tmp_path,
        env=surroundings(used_home),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert (done.stdout + done.stderr).strip()


def beside(folder: Path, home: Path) -> None:
    """Make the folder look like the repository's root, with the first run's state in it."""
    for name in ("personas_data", "rec_assets", "rec_api", "resources"):
        os.symlink(ROOT / name, folder / name)
    os.symlink(home, folder / ".recwheel")
