"""Files against the JSON schema of their kind, as check-jsonschema carries it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def keeps_to(schema: str, file: Path) -> None:
    """Return when the file is valid; AssertionError with what is wrong, and where."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
