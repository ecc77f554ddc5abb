"""Becomes the command that it is given, Dagster's daemon, once the way is clear for it.

While the daemon lives it holds the lock by which a command of recwheel knows that it may not turn
the wheel beside it; what was noted while the clock was ahead is taken back before it starts.
"""

import os
import sys
from datetime import UTC, datetime

from rec_assets.commands.clock_ahead import take_back
from rec_assets.commands.dagster_home import instance
from rec_assets.commands.locks import UP, only_one
from resources.settings import Settings

OTHER_ENDS_SECONDS = 30.0  # the container before it may still be on its way out


def main() -> None:
    """Never returns: the command takes this process' place, and holds the lock until it ends."""
    home = Settings().home
    running = f"another daemon of Dagster runs on {home}: stop it"
    with only_one(home / UP, running, OTHER_ENDS_SECONDS) as held:
        with instance(home) as opened:
            said = take_back(opened, datetime.now(UTC))
        if said:
            sys.stderr.write(f"{said}\n")
            sys.stderr.flush()
        os.set_inheritable(held, True)
        os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
