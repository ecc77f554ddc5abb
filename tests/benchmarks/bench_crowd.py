"""A day of a hundred times the usual traffic: peak memory of each asset against a usual day's.

    python -m tests.benchmarks.bench_crowd [--sessions 300] [--plots FOLDER]

Rows are cloned from a small day that bots made over HTTP; each asset with its checks runs through
Dagster in a process of its own. Memory is the process's peak, Dagster itself among it.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Final

from tests.benchmarks.bench_day import PER_USER, measure
from tests.benchmarks.cloned_rows import SmallDay, asset_step
from tests.benchmarks.figures import parser, save_bars, timed, verdict

TIMES: Final = 100
MOST_MB: Final = 2_000


def main() -> None:
    """Print the table and the verdict."""
    arguments = parser(__doc__)
    arguments.add_argument("--sessions", type=int, default=300, help="of a usual day")
    options = arguments.parse_args()
    if options.step:
        print(json.dumps(timed(lambda: asset_step(options.step))))
        return
    with tempfile.TemporaryDirectory() as folder:
        day = SmallDay(Path(folder) / "small")
        usual, crowd = (
            measure(day, Path(folder), sessions, max(20, sessions // PER_USER))
            for sessions in (options.sessions, TIMES * options.sessions)
        )
    print(f"{options.sessions:,} sessions and {TIMES * options.sessions:,}: peak MB, seconds")
    for name, of_crowd in crowd.items():
        print(
            f"{name:20}{usual[name]['peak_mb']:8.0f}{of_crowd['peak_mb']:8.0f}"
            f"{usual[name]['seconds']:8.1f}{of_crowd['seconds']:8.1f}"
        )
    peak = max(of_crowd["peak_mb"] for of_crowd in crowd.values())
    verdict(
        peak <= MOST_MB,
        f"{TIMES} times the usual day: {peak:.0f} MB at most, {MOST_MB} are allowed",
    )
    print(f"load average of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    peaks = {name: of_crowd["peak_mb"] for name, of_crowd in crowd.items()}
    save_bars(options.plots / "crowd_memory.png", "peak memory in MB", peaks, MOST_MB)


if __name__ == "__main__":
    main()
