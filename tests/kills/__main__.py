"""`make kills`: sixty kills at drawn moments, a line for each, and whether all ended equal."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.kills.moments import ASSETS, RUN, draw
from tests.kills.wheels import Spoiled, begun_run, clean_run, survive


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
    equal, inside = 0, set[str]()
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
    return 0 if equal == len(kills) else 1


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
