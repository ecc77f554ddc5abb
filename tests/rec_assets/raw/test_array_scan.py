"""An array's elements on every Python of this machine: their matching of patterns is not alike."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

from resources.settings import REPOSITORY

OURS = ("python3.11", "python3.12")
ALPHABET = '"\\{}[],: a한'
FOUND_BY_IT = """
import json, sys
sys.path.insert(0, sys.argv[1])
from rec_assets.raw.array_scan import ArrayScan
found = []
for array, size in json.load(sys.stdin):
    scan, rest = ArrayScan(1 << 20), array.encode()[1:]
    blocks = [rest[at : at + size] for at in range(0, len(rest), size)]
    found.append([element.decode() for block in blocks for element in scan.feed(block)])
print(json.dumps(found))
"""


def pythons() -> set[str]:
    """The tests' own, those on PATH, Debian's: each that starts."""
    named = [shutil.which(name, path=path) for name in OURS for path in (None, "/usr/bin")]
    there = {str(Path(name)) for name in (sys.executable, *named) if name}
    return {name for name in there if not subprocess.run([name, "-c", ""], check=False).returncode}


def arrays() -> list[list[str]]:
    """The elements of 400 arrays: objects whose keys and values are mostly structure."""
    draw = random.Random(1)

    def word() -> str:
        return "".join(draw.choices(ALPHABET, k=draw.randrange(6)))

    def row() -> str:
        return json.dumps({word(): word(), "in": [{word(): word()}]}, ensure_ascii=False)

    return [[row() for _ in range(draw.randrange(1, 4))] for _ in range(400)]


def test_every_python_here_finds_the_elements_wherever_a_block_ends() -> None:
    wanted = [elements for elements in arrays() for _ in (1, 3, 64)]
    asked = [[f"[{','.join(e)}]", size] for e in arrays() for size in (1, 3, 64)]
    for python in pythons():
        done = subprocess.run(
            [python, "-I", "-c", FOUND_BY_IT, str(REPOSITORY)],
            input=json.dumps(asked), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == wanted, python
