"""A month from empty: days turned by the command, and by the daemon of `recwheel up`.

    python -m tests.benchmarks.bench_backfill [--days 30] [--sessions 300] [--way command|daemon]

The sample is loaded and its personas are mined first, once; each way begins with a copy of that
state. Timed is the backfill alone: from the command's start to its end; from the mutation that
Dagster's interface sends to the end of the last run. Then the same range again. The served day is
read from Redis ten times a second throughout. CPU seconds are those of the command and all its
processes, both turns: other work on the machine disturbs them least. Of the daemon's none are told:
its processes are ended as a group, and nobody is left to count them.
SIZE=full asks for 30 days of 300 sessions.
"""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from resources.embedded_redis import embedded_redis
from resources.profile_cache import ProfileCache
from tests.benchmarks.figures import FULL, parser, verdict
from tests.rec_assets.command_line import recwheel_json
from tests.rec_assets.running_up import running_up

START: Final = date(2026, 1, 5)
MOST_SECONDS: Final = 600.0  # of the acceptance line, for 30 days of 300 sessions on two cores
SECONDS: Final = 3600.0
SAMPLE: Final = Path(__file__).resolve().parents[2] / "personas_data" / "sample"
PORTS: Final = (18671, 18771)
State = tuple[dict[str, str], dict[bytes, bytes]]


@dataclass(frozen=True)
class Month:
    """The days that are turned, and the settings that ask for them."""

    days: list[str]
    settings: dict[str, str]


def month(days: int, sessions: int) -> Month:
    """`days` days of `sessions` sessions each; the schedule stays quiet."""
    names = [(START + timedelta(days=turn)).isoformat() for turn in range(days)]
    settings = {
        "REC_START": names[0],
        "REC_DAYS": str(days),
        "REC_SESSIONS": str(days * sessions),
        "REC_SCHEDULE": "0 0 1 1 *",
    }
    return Month(names, settings)


def load_sample(home: Path, of: Month) -> None:
    """A REC_HOME in which the sample is loaded and its personas are mined."""
    files = sorted(p for p in SAMPLE.iterdir() if ".json" in p.name and p.stem != "phrases")
    recwheel_json(home, "load", *map(str, files), **of.settings)


def by_command(home: Path, of: Month) -> list[dict[str, Any]]:
    """Turn the range by `recwheel backfill`; each day that it turned."""
    words = ("backfill", "--from", of.days[0], "--to", of.days[-1])
    turned = recwheel_json(home, *words, seconds=SECONDS, **of.settings)["turned"]
    return [{"day": day, "status": "SUCCESS"} for day in turned]


def cpu_of_children() -> float:
    """CPU seconds of all processes that this one started and that have ended, theirs included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def state(home: Path, of: Month) -> State:
    """Digests of the wheel, and all that Redis serves."""
    with embedded_redis(home) as url:
        cache = ProfileCache(url)
        served = cache.dump()
        cache.close()
    return recwheel_json(home, "status", **of.settings)["digests"], served


@contextmanager
def served_days(home: Path) -> Iterator[list[str]]:
    """The days that Redis served within the block, as they followed each other."""
    seen: list[str] = []
    ended = threading.Event()

    def look(cache: ProfileCache) -> None:
        while not ended.wait(0.1):
            version = cache.served_version()
            if version is not None and seen[-1:] != [version.day]:
                seen.append(version.day)

    with embedded_redis(home) as url:
        cache = ProfileCache(url)
        looking = threading.Thread(target=look, args=(cache,))
        looking.start()
        try:
            yield seen
        finally:
            ended.set()
            looking.join()
            cache.close()


def judge(way: str, home: Path, of: Month, turn: Callable[[], list[dict[str, Any]]]) -> State:
    """Turn the month twice, print what came of it; the state at the end."""
    with served_days(home) as served:
        started = time.perf_counter()
        runs = turn()
        seconds = time.perf_counter() - started
        first = state(home, of)
        started = time.perf_counter()
        turn()
        again = time.perf_counter() - started
    days = len(of.days)
    each = f"{seconds / days:.1f} a day; again {again:.0f} s"
    print(f"{way}: {days} days in {seconds:.0f} s, {each}")
    print(f"{way}: load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    in_order = [run["day"] for run in runs] == of.days
    green = all(run["status"] == "SUCCESS" for run in runs)
    verdict(green and in_order, f"{way}: {len(runs)} of {days} partitions green, in order")
    most = MOST_SECONDS * days / 30
    verdict(seconds <= most, f"{way}: {seconds:.0f} s of {most:.0f} s")
    verdict(state(home, of) == first, f"{way}: again changes no digest and no byte of Redis")
    verdict(served == sorted(served), f"{way}: Redis served {len(served)} days, never an older one")
    return first


def main() -> None:
    """Print seconds and verdicts of each way, and whether both end with the same digests."""
    arguments = parser(__doc__)
    arguments.add_argument("--days", type=int, default=30 if FULL else 4)
    arguments.add_argument("--sessions", type=int, default=300 if FULL else 100, help="a day")
    arguments.add_argument("--way", choices=["command", "daemon"], action="append")
    options = arguments.parse_args()
    ways = options.way or ["command", "daemon"]
    of = month(options.days, options.sessions)
    digests = []
    with tempfile.TemporaryDirectory() as folder:
        loaded = Path(folder) / "loaded"
        load_sample(loaded, of)
        for way in ways:
            home = Path(folder) / way
            shutil.copytree(loaded, home, ignore=shutil.ignore_patterns("*.sock"))
            before = cpu_of_children()
            digests.append(_one_way(way, home, of)[0])
            if way == "command":
                spent = (cpu_of_children() - before) / len(of.days)
                print(f"{way}: {spent:.1f} CPU s for a day and its repeat")
    if len(digests) == 2:
        verdict(digests[0] == digests[1], "both ways end with the same seven digests")


def _one_way(way: str, home: Path, of: Month) -> State:
    if way == "command":
        return judge(way, home, of, lambda: by_command(home, of))
    with running_up(home, *PORTS, **of.settings) as up:
        return judge(way, home, of, lambda: up.runs_of(up.backfill(of.days, SECONDS)))


if __name__ == "__main__":
    main()
