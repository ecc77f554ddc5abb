"""`recwheel` as a person types it: a process of its own, its own REC_HOME."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RECWHEEL = Path(sys.executable).with_name("recwheel")


def recwheel(
    home: Path, *words: str, seconds: float = 600, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end; REC_… of the tests' own process is not passed on."""
    return subprocess.run(
        [str(RECWHEEL), *words],
        cwd=ROOT,
        env=surroundings(home, **environment),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def recwheel_json(
    home: Path, *words: str, seconds: float = 600, **environment: str
) -> dict[str, Any]:
    """What the command answers with --json; AssertionError with its words when it fails."""
    done = recwheel(home, *words, "--json", seconds=seconds, **environment)
    assert done.returncode == 0, done.stderr[-3000:]
    answer: dict[str, Any] = json.loads(done.stdout, parse_constant=not_json)
    return answer


def not_json(constant: str) -> float:
    """For json.loads: NaN and the infinities, which Python reads and other readers refuse."""
    raise AssertionError(f"{constant} is no JSON")


def surroundings(home: Path, **environment: str) -> dict[str, str]:
    """The environment of a command: REC_HOME and what is named, no other REC_… setting."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("REC_", "DAGSTER_HOME"))}
    return {**kept, "REC_HOME": str(home), **environment}
