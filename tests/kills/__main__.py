"""`make kills`: sixty kills at drawn moments, a line for each, and whether all ended equal."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.kills.moments import ASSETS, RUN, draw
from tests.kills.wheels import Spoiled, begun_run, clean_run, survive
from tests.rec_assets.command_line import ROOT


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, default=60)
    parser.add_argument("--only", type=int, nargs="*", help="numbers of the kills to do")
    options = parser.parse_args()
    kills = draw(options.seed, options.number)
    kills = [k for k in kills if options.only is None or k.number in options.only]
    folder = Path(tempfile.mkdtemp(prefix="recwheel-kills-"))
    say(f"seed {options.seed}, {len(kills)} kills, in {folder}")
    clean = clean_run(folder)
    begun = begun_run(folder)
    equal, inside, before = 0, set[str](), changes()
    for kill in kills:
        started = time.monotonic()
        try:
            outcome = survive(kill, folder, clean, begun)
        except Spoiled as spoiled:
            outcome = f"SPOILED {spoiled}"
        else:
            equal += 1
        if kill.target == RUN and f"inside {kill.place};" in outcome:
            inside.add(kill.place)
        say(f"{kill.number:3} {kill}: {outcome} ({time.monotonic() - started:.0f} s)")
    missed = sorted(set(ASSETS) - inside)
    say(f"{equal} of {len(kills)} final states are equal to the clean run's")
    say(f"the command was killed inside {len(inside)} assets; never inside: {missed or 'none'}")
    if changes() != before:
        say(f"git sees other files than before: {changes()}")
    return 0 if equal == len(kills) and changes() == before else 1


def changes() -> str:
    """What git sees of the repository that is not committed; nothing where there is no git."""
    command = ["git", "status", "--porcelain"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
