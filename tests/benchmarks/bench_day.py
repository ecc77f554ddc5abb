"""A day of 100,000 sessions through every asset behind the traffic: seconds and peak memory.

    python -m tests.benchmarks.bench_day [--sessions 10000] [--users N] [--plots FOLDER]

`SIZE=full` takes 100,000 sessions. The rows A–E and I are cloned from a small day that bots made
over HTTP; each asset with its checks runs through Dagster in a process of its own, on two sizes,
so that a step that grows faster than its rows is seen. Growth is of CPU time: other work on the
machine disturbs it least.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Final

from resources.sqlite_log_store import SqliteLogStore
from tests.benchmarks.cloned_rows import SmallDay, asset_step, wheel_environment
from tests.benchmarks.figures import FULL, Figures, fresh, parser, save_bars, timed, verdict

MODULE: Final = "tests.benchmarks.bench_day"
ASSETS: Final = (
    "training_examples", "user_profiles", "cluster_profiles", "serving_profiles",
    "golden_export", "wheel_report",
)  # fmt: skip
PER_USER: Final = 5  # sessions of a user on the day
# Its rows grow tenfold between the two sizes; what is fixed makes the ratio smaller, not larger.
SMALLER, MOST_GROWTH = 10, 11.0
MOST_MB: Final = 2_000


def measure(day: SmallDay, folder: Path, sessions: int, users: int) -> dict[str, Figures]:
    """Figures of each asset for a day of so many sessions."""
    home = folder / str(sessions)
    home.mkdir()
    store = SqliteLogStore(home / "recwheel.sqlite")
    day.write_chains(store, sessions, users)
    store.close()
    environment = wheel_environment(home, users=users, sessions=sessions)
    return {name: fresh(MODULE, name, environment=environment) for name in ASSETS}


def main() -> None:
    """Print the table, the verdicts and where the plots are."""
    arguments = parser(__doc__)
    arguments.add_argument("--sessions", type=int, default=100_000 if FULL else 10_000)
    arguments.add_argument("--users", type=int, default=0, help="0: a fifth of the sessions")
    options = arguments.parse_args()
    if options.step:
        print(json.dumps(timed(lambda: asset_step(options.step))))
        return
    users = options.users or options.sessions // PER_USER
    with tempfile.TemporaryDirectory() as folder:
        day = SmallDay(Path(folder) / "small")
        small = measure(day, Path(folder), options.sessions // SMALLER, max(20, users // SMALLER))
        large = measure(day, Path(folder), options.sessions, users)
    print(f"{options.sessions:,} sessions of {users:,} users")
    print(f"{'asset':20}{'seconds':>9}{'cpu s':>8}{'peak MB':>9}{'a tenth: cpu':>14}")
    growth = {}
    for name, found in large.items():
        growth[name] = found["cpu"] / small[name]["cpu"]
        print(
            f"{name:20}{found['seconds']:9.1f}{found['cpu']:8.1f}{found['peak_mb']:9.0f}"
            f"{small[name]['cpu']:14.1f}"
        )
    peak = max(found["peak_mb"] for found in large.values())
    steepest = max(growth, key=lambda name: growth[name])
    total = sum(found["seconds"] for found in large.values())
    day_text = f"a day of {options.sessions:,} sessions"
    verdict(peak <= MOST_MB, f"{day_text}: {peak:.0f} MB at most, {MOST_MB} are allowed")
    verdict(
        growth[steepest] <= MOST_GROWTH,
        f"{day_text} in {total:.0f} s; ten times the rows cost at most {growth[steepest]:.1f} "
        f"times the CPU ({steepest})",
    )
    print(f"load average of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    save_bars(
        options.plots / "day_seconds.png",
        f"seconds, {day_text}",
        {name: found["seconds"] for name, found in large.items()},
        None,
    )
    save_bars(
        options.plots / "day_memory.png",
        f"peak memory in MB, {day_text}",
        {name: found["peak_mb"] for name, found in large.items()},
        MOST_MB,
    )


if __name__ == "__main__":
    main()
