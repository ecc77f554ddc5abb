"""Thirty days one after the other: does a day cost more the more days there are?

    python -m tests.benchmarks.bench_history [--days 30] [--sessions 100] [--plots FOLDER]

Each day's A–E and I are cloned from a small day that bots made over HTTP; then the wheel's job runs
through Dagster, everything behind the traffic, on one store, one Redis and one Dagster instance on
disk. CPU seconds of the process are judged, from the fourth day on: other work on the machine
disturbs them least. Seconds of each asset are plotted.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from tests.benchmarks.cloned_rows import DAY, SmallDay, wheel_environment
from tests.benchmarks.figures import Figures, fresh, parser, save_lines, verdict

MODULE: Final = "tests.benchmarks.bench_history"
ASSETS: Final = (
    "training_examples", "user_profiles", "cluster_profiles", "serving_profiles",
    "golden_export", "wheel_report",
)  # fmt: skip
USERS: Final = 60
WARM: Final = 3  # days that are left out: users and clusters appear
MOST_GROWTH: Final = 0.10  # from the first days judged to the last


def turn_days(home: Path, days: int, sessions: int) -> Figures:
    """CPU seconds of each day, and wall seconds of each asset on it."""
    import dagster as dg

    from rec_assets.commands.turn import QUIET, why_failed
    from rec_assets.definitions import defs
    from resources.embedded_redis import embedded_redis
    from resources.sqlite_log_store import SqliteLogStore

    small = SmallDay(home / "small")
    store = SqliteLogStore(home / "recwheel.sqlite")
    cpu, memory = list[float](), list[float]()
    seconds: dict[str, list[float]] = {name: [] for name in ASSETS}
    (home / "dagster").mkdir()
    with embedded_redis(home), dg.DagsterInstance.local_temp(str(home / "dagster")) as instance:
        for turn in range(days):
            day = (date.fromisoformat(DAY) + timedelta(days=turn)).isoformat()
            small.write_chains(store, sessions, USERS, day, first=turn * sessions)
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
            cpu.append(time.process_time() - started)
            memory.append(resident_mb())
            for event in result.all_events:
                if event.event_type_value == "STEP_SUCCESS" and event.step_key in seconds:
                    data = event.step_success_data
                    seconds[event.step_key].append(data.duration_ms / 1000)
    store.close()
    return {"cpu": cpu, "seconds": seconds, "memory": memory}


def resident_mb() -> float:
    """What this process holds in memory now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Print the curve, the verdict and where the plots are."""
    from scipy.stats import linregress, t

    arguments = parser(__doc__)
    arguments.add_argument("--days", type=int, default=30)
    arguments.add_argument("--sessions", type=int, default=100, help="a day")
    options = arguments.parse_args()
    if options.step:
        home, days, sessions = options.step
        print(json.dumps(turn_days(Path(home), int(days), int(sessions))))
        return
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        step = (str(home), str(options.days), str(options.sessions))
        found = fresh(MODULE, *step, environment=wheel_environment(home, users=USERS))
    judged = found["cpu"][WARM:]
    third = len(judged) // 3
    first, last = judged[:third], judged[-third:]
    fit = linregress(range(len(judged)), judged)
    around = float(t.ppf(0.975, len(judged) - 2)) * fit.stderr
    span, mean = len(judged) - 1, sum(judged) / len(judged)
    low, high = ((fit.slope + side) * span / mean for side in (-around, around))
    print("CPU seconds a day: " + " ".join(f"{value:.2f}" for value in found["cpu"]))
    for name, taken in found["seconds"].items():
        early, late = taken[WARM : WARM + third], taken[-third:]
        print(f"{name:20}{sum(early) / third:7.2f} s at first{sum(late) / third:7.2f} s at last")
    held = found["memory"]
    print(f"memory after day {WARM + 1}: {held[WARM]:.0f} MB, after the last: {held[-1]:.0f} MB")
    print(f"last {third} days over first {third}: {sum(last) / sum(first):.2f}")
    interval = f"95 %: {low:+.0%} to {high:+.0%}"
    verdict(
        low <= MOST_GROWTH and sum(last) / sum(first) <= 1 + 2 * MOST_GROWTH,
        f"a day's CPU grows by {fit.slope * span / mean:+.0%} over {span + 1} days ({interval}), "
        f"{options.sessions} sessions a day; flat is up to {MOST_GROWTH:.0%}",
    )
    print(f"load average of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    days = list(range(1, options.days + 1))
    save_lines(
        options.plots / "history.png",
        f"a day's cost over {options.days} days of {options.sessions} sessions",
        "day",
        days,
        {"CPU seconds, whole day": found["cpu"]} | found["seconds"],
    )


if __name__ == "__main__":
    main()
