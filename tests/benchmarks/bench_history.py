"""Does a day cost more the more days lie behind it? A wheel against one that is 36 days older.

    python -m tests.benchmarks.bench_history [--history 36] [--pairs 18] [--plots FOLDER]

Each day's A–E and I are cloned from a small day that bots made over HTTP; then the wheel's job runs
through Dagster, everything behind the traffic, each wheel with its own store, Redis, Dagster
instance on disk and process. Once every user is judged on both wheels they take turns, a day each
with the same sessions of the same users: what the machine does besides meets both alike. Judged is
the CPU time of the older one's day over the younger one's; each process's garbage is collected
between days, out of the time. The older one's days are plotted.
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from math import exp, lcm, log
from pathlib import Path
from typing import Final, Self

import msgspec

from resources.settings import REPOSITORY
from tests.benchmarks.cloned_rows import DAY, SESSIONS, SmallDay, wheel_environment
from tests.benchmarks.figures import parser, save_lines, verdict

MODULE: Final = "tests.benchmarks.bench_history"
ASSETS: Final = (
    "training_examples", "user_profiles", "cluster_profiles", "serving_profiles",
    "golden_export", "wheel_report",
)  # fmt: skip
USERS: Final = 60
WARM: Final = 12  # days until all have run eight paraphrases: from then on all are judged
MOST_GROWTH: Final = 0.10  # of a day's CPU, at the interval's upper end


class Day(msgspec.Struct):
    """What a day took: CPU seconds of the process, wall seconds by asset, MB held after it."""

    cpu: float
    seconds: dict[str, float]
    memory: float


def turn_days(home: Path, sessions: int) -> Iterator[Day]:
    """A wheel that turns its next day each time it is asked for one."""
    import dagster as dg

    from rec_assets.commands.turn import QUIET, why_failed
    from rec_assets.definitions import defs
    from resources.embedded_redis import embedded_redis
    from resources.sqlite_log_store import SqliteLogStore

    small = SmallDay(home / "small")
    store, turn = SqliteLogStore(home / "recwheel.sqlite"), 0
    (home / "dagster").mkdir()
    with embedded_redis(home), dg.DagsterInstance.local_temp(str(home / "dagster")) as instance:
        while True:
            day = (date.fromisoformat(DAY) + timedelta(days=turn)).isoformat()
            small.write_chains(store, sessions, USERS, day, first=turn * sessions)
            gc.collect()  # else one day in two or three pays an eighth more for those before it
            started = time.process_time()
            result = defs.resolve_job_def("wheel").execute_in_process(
                instance=instance,
                partition_key=day,
                run_config=QUIET,
                raise_on_error=False,
                asset_selection=[dg.AssetKey(name) for name in ASSETS],
            )
            if not result.success:
                raise RuntimeError(why_failed(result))
            cpu, seconds = time.process_time() - started, dict[str, float]()
            for event in result.all_events:
                if event.event_type_value == "STEP_SUCCESS" and event.step_key in ASSETS:
                    seconds[event.step_key] = event.step_success_data.duration_ms / 1000
            yield Day(cpu, seconds, resident_mb())
            turn += 1


def resident_mb() -> float:
    """What this process holds in memory now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


class Wheel:
    """A wheel in a process of its own, and the days that it has turned."""

    def __init__(self, process: subprocess.Popen[bytes], told: Path) -> None:
        """`told`: the file with what the process writes to standard error."""
        self.days = list[Day]()
        self._process, self._told = process, told

    def turn(self) -> Day:
        """Its next day."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{MODULE} ended:\n{self._told.read_text()[-3000:]}")
        self.days.append(msgspec.json.decode(line, type=Day))
        return self.days[-1]

    @classmethod
    @contextmanager
    def started(cls, home: Path, sessions: int) -> Iterator[Self]:
        """A wheel before its first day; its process ends with the block."""
        home.mkdir()
        command = [sys.executable, "-m", MODULE, "--step", str(home), str(sessions)]
        environment = {**os.environ, **wheel_environment(home, users=USERS)}
        told = home / "stderr"
        with (
            told.open("wb") as stderr,
            subprocess.Popen(
                command, cwd=REPOSITORY, env=environment,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr,
            ) as process,
        ):  # fmt: skip
            try:
                yield cls(process, told)
            finally:
                process.kill()


def growth(pairs: Sequence[tuple[Day, Day]]) -> tuple[float, float, float]:
    """By how much the second of a pair costs more, with its 95 % interval (t, of logarithms)."""
    from scipy.stats import t

    ratios = [log(old.cpu / young.cpu) for young, old in pairs]
    middle, spread = statistics.mean(ratios), statistics.stdev(ratios) / len(ratios) ** 0.5
    around = float(t.ppf(0.975, len(ratios) - 1)) * spread
    return exp(middle) - 1, exp(middle - around) - 1, exp(middle + around) - 1


def main() -> None:
    """Print what each wheel's days cost, the verdict and where the plot is."""
    arguments = parser(__doc__)
    arguments.add_argument("--history", type=int, default=36, help="days between the two wheels")
    arguments.add_argument("--pairs", type=int, default=18, help="days that are judged")
    arguments.add_argument("--sessions", type=int, default=100, help="a day")
    options = arguments.parse_args()
    if options.step:
        days = turn_days(Path(options.step[0]), int(options.step[1]))
        for _ in sys.stdin:
            print(msgspec.json.encode(next(days)).decode(), flush=True)
        return
    round_of_days = lcm(SESSIONS, 2 * USERS)  # sessions after which the same come of the same users
    if options.history * options.sessions % round_of_days:
        arguments.error(f"history × sessions must be a multiple of {round_of_days}")
    past = (date.today() - date.fromisoformat(DAY)).days
    if options.history + WARM + options.pairs >= past:  # the wheel turns days that are over
        arguments.error(f"only {past} days have passed since {DAY}, the first one")
    with (
        tempfile.TemporaryDirectory() as folder,
        Wheel.started(Path(folder) / "old", options.sessions) as old,
        Wheel.started(Path(folder) / "young", options.sessions) as young,
    ):
        for _ in range(WARM):
            young.turn()
        for _ in range(options.history + WARM):
            old.turn()
        for number in range(options.pairs):
            for wheel in (young, old) if number % 2 else (old, young):
                wheel.turn()
    show(young, old, options.pairs)
    save_lines(
        options.plots / "history.png",
        f"a day's cost over {len(old.days)} days of {options.sessions} sessions",
        "day",
        list(range(1, len(old.days) + 1)),
        {"CPU seconds, whole day": [day.cpu for day in old.days]}
        | {name: [day.seconds[name] for day in old.days] for name in ASSETS},
    )


def show(young: Wheel, old: Wheel, number: int) -> None:
    """Print what the last so many days of both took, and the verdict."""
    more = f"after {len(old.days) - len(young.days)} more days"
    early, late = young.days[-number:], old.days[-number:]
    print("CPU seconds a day: " + " ".join(f"{day.cpu:.2f}" for day in old.days))
    for name in ASSETS:
        took = [statistics.mean(day.seconds[name] for day in side) for side in (early, late)]
        print(f"{name:20}{took[0]:7.3f} s{took[1]:7.3f} s {more}")
    print(f"memory of the process {early[-1].memory:.0f} MB, {late[-1].memory:.0f} MB {more}")
    middle, low, high = growth(list(zip(early, late, strict=True)))
    verdict(
        high <= MOST_GROWTH,
        f"{more} a day takes {middle:+.1%} CPU (95 %: {low:+.1%} to {high:+.1%}, {number} pairs); "
        f"flat is up to {MOST_GROWTH:.0%} at the interval's upper end",
    )
    print(f"load average of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
