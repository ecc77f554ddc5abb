"""200,000 users in G, J and serving_profiles: seconds, peak memory, and what Redis holds.

    python -m tests.benchmarks.bench_users [--users 20000] [--plots FOLDER]

`SIZE=full` takes 200,000 users. H of a day is cloned from real rows (a session for each user and
a quarter more); each asset with its checks runs through Dagster in a process of its own, with real
SQLite and the embedded Redis, on a tenth of the users and on all of them. Growth is of CPU time:
other work on the machine disturbs it least.
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

MODULE: Final = "tests.benchmarks.bench_users"
ASSETS: Final = ("user_profiles", "cluster_profiles", "serving_profiles")
MORE: Final = 1.25  # sessions for each user
SMALLER, MOST_GROWTH = 10, 11.0
MOST_MB: Final = 2_000


def run_step(name: str) -> Figures:
    """One asset; for serving_profiles also what Redis came to, while it runs."""
    if name != "serving_profiles":
        return asset_step([name])
    import redis

    from resources.embedded_redis import embedded_redis
    from resources.settings import Settings

    with embedded_redis(Settings().home) as url:  # held, so that it is still there afterwards
        found = asset_step([name])
        with redis.Redis.from_url(url) as client:
            memory = client.info("memory")
            return {
                **found,
                "redis_mb": memory["used_memory"] / 1e6,
                "redis_rss_mb": memory["used_memory_rss"] / 1e6,
                "keys": client.dbsize(),
            }


def measure(day: SmallDay, folder: Path, users: int) -> dict[str, Figures]:
    """Figures of each asset for so many users."""
    home = folder / str(users)
    home.mkdir()
    store = SqliteLogStore(home / "recwheel.sqlite")
    day.write_examples(store, int(users * MORE), users)
    store.close()
    environment = wheel_environment(home)
    return {name: fresh(MODULE, name, environment=environment) for name in ASSETS}


def main() -> None:
    """Print the table, the verdicts and where the plots are."""
    arguments = parser(__doc__)
    arguments.add_argument("--users", type=int, default=200_000 if FULL else 20_000)
    options = arguments.parse_args()
    if options.step:
        print(json.dumps(timed(lambda: run_step(options.step[0]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        day = SmallDay(Path(folder) / "small")
        small = measure(day, Path(folder), options.users // SMALLER)
        large = measure(day, Path(folder), options.users)
    print(f"{'asset':20}{'rows':>9}{'seconds':>9}{'cpu s':>8}{'peak MB':>9}{'a tenth: cpu':>14}")
    for name, found in large.items():
        print(
            f"{name:20}{found['rows']:9,}{found['seconds']:9.1f}{found['cpu']:8.1f}"
            f"{found['peak_mb']:9.0f}{small[name]['cpu']:14.1f}"
        )
    served = large["serving_profiles"]
    print(
        f"Redis: {served['keys']:,} keys, {served['redis_mb']:.0f} MB used, "
        f"{served['redis_rss_mb']:.0f} MB resident"
    )
    peak = max(found["peak_mb"] for found in large.values())
    growth = {name: large[name]["cpu"] / small[name]["cpu"] for name in ASSETS}
    steepest = max(growth, key=lambda name: growth[name])
    users = f"{options.users:,} users"
    verdict(peak <= MOST_MB, f"{users}: {peak:.0f} MB at most, {MOST_MB} are allowed")
    verdict(
        growth[steepest] <= MOST_GROWTH,
        f"{users}: ten times the users cost {growth[steepest]:.1f} times the CPU at most "
        f"({steepest})",
    )
    print(f"load average of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    save_bars(
        options.plots / "users_memory.png",
        f"peak memory in MB, {users}",
        {name: found["peak_mb"] for name, found in large.items()} | {"Redis": served["redis_mb"]},
        MOST_MB,
    )
    save_bars(
        options.plots / "users_cpu.png",
        f"CPU seconds, {users}",
        {name: found["cpu"] for name, found in large.items()},
        None,
    )


if __name__ == "__main__":
    main()
