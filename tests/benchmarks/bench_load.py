"""Loading an export: speed beside orjson and a bare executemany on the same file, and memory.

    python -m tests.benchmarks.bench_load [--megabytes 100] [--rounds 3] [--gzip] [--plots FOLDER]

`SIZE=full` loads 1,000 MB. Every step runs in a process of its own, in turns; the best round
counts. `bare` reads each line with orjson, dumps it and writes it by executemany, a thousand at
once, to (id TEXT PRIMARY KEY, body), WAL, synchronous=NORMAL; `bare, as it came` writes the line.
`load` is `load_file` into the real store; `asset` is the same through Dagster; `read for mining`
is what mining does first, in memory.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import orjson

from rec_assets.raw.activity import read_activity
from rec_assets.raw.load import load_file
from resources.records import RAW
from resources.sqlite_log_store import SqliteLogStore
from tests.benchmarks.export_file import write_export
from tests.benchmarks.figures import (
    FULL,
    Figures,
    fresh,
    parser,
    save_bars,
    timed,
    verdict,
)

MODULE: Final = "tests.benchmarks.bench_load"
MOST_MB, LEAST_RATIO = 400, 0.4
BATCH: Final = 1_000


def bare(path: Path, home: Path, dumped: bool) -> Figures:
    """orjson and executemany alone."""
    connection = sqlite3.connect(home / "bare.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("CREATE TABLE rows (id TEXT PRIMARY KEY, body)")
    lines, rows = _lines(path, dumped), 0
    while part := list(islice(lines, BATCH)):
        connection.execute("BEGIN")
        connection.executemany("INSERT OR IGNORE INTO rows VALUES (?, ?)", part)
        connection.execute("COMMIT")
        rows += len(part)
    connection.close()
    return {"rows": rows}


def _lines(path: Path, dumped: bool) -> Iterator[tuple[str, bytes]]:
    import gzip

    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        for position, line in enumerate(file, start=1):
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue
            yield f"0123456789abcdef:{position:010d}", orjson.dumps(row) if dumped else line


def load(path: Path, home: Path) -> Figures:
    """The real load into the real store."""
    store = SqliteLogStore(home / "recwheel.sqlite")
    summary = load_file(path, store, path.name)
    store.close()
    return {"rows": summary.rows, "quarantined": summary.quarantined}


def asset(path: Path, home: Path) -> Figures:
    """The load as Dagster runs it."""
    import dagster as dg

    from rec_assets.definitions import defs
    from rec_assets.partitions import raw_files

    inbox = home / "inbox"
    inbox.mkdir()
    (inbox / path.name).hardlink_to(path)
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(str(raw_files.name), [path.name])
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        result = defs.resolve_job_def("load").execute_in_process(
            instance=instance, partition_key=path.name, run_config=quiet
        )
        (made,) = result.asset_materializations_for_node("raw_corporate_data")
        return {"rows": made.metadata["dagster/row_count"].value}


def read_for_mining(home: Path) -> Figures:
    """What mining reads, of a store that `load` has filled."""
    store = SqliteLogStore(home / "recwheel.sqlite")
    activity = read_activity(row for batch in store.scan(RAW) for row in batch)
    store.close()
    return {"rows": len(activity.runs) + len(activity.selections) + len(activity.corrections)}


STEPS: Final[dict[str, Callable[[Path, Path], Figures]]] = {
    "bare": lambda path, home: bare(path, home, dumped=True),
    "bare, as it came": lambda path, home: bare(path, home, dumped=False),
    "load": load,
    "asset": asset,
}


def run_step(name: str, path: str, home: str) -> None:
    """One step, its figures printed as JSON."""
    if name == "read for mining":
        print(json.dumps(timed(lambda: read_for_mining(Path(home)))))
    else:
        print(json.dumps(timed(lambda: STEPS[name](Path(path), Path(home)))))


def measure(path: Path, rounds: int) -> dict[str, Figures]:
    """The best round of each step; what mining reads is measured on the last load's store."""
    best: dict[str, Figures] = {}
    for _ in range(rounds):
        for name in STEPS:
            with tempfile.TemporaryDirectory(dir=path.parent) as home:
                found = fresh(MODULE, name, str(path), home, environment={"REC_HOME": home})
                if name not in best or found["seconds"] < best[name]["seconds"]:
                    best[name] = found
                if name == "load" and "read for mining" not in best:
                    best["read for mining"] = fresh(MODULE, "read for mining", str(path), home)
    return best


def main() -> None:
    """Print the table, the verdicts and where the plots are."""
    arguments = parser(__doc__)
    arguments.add_argument("--megabytes", type=float, default=1_000 if FULL else 100)
    arguments.add_argument("--rounds", type=int, default=2 if FULL else 3)
    arguments.add_argument("--gzip", action="store_true", help="the export is compressed")
    options = arguments.parse_args()
    if options.step:
        run_step(*options.step)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("export.jsonl.gz" if options.gzip else "export.jsonl")
        rows, size = write_export(path, int(options.megabytes * 1e6))
        print(f"{rows:,} rows, {size / 1e6:,.0f} MB, {path.stat().st_size / 1e6:,.0f} MB on disk")
        best = measure(path, options.rounds)
    print(f"{'step':20}{'seconds':>9}{'cpu s':>8}{'rows/s':>10}{'MB/s':>8}{'peak MB':>9}")
    for name, found in best.items():
        print(
            f"{name:20}{found['seconds']:9.2f}{found['cpu']:8.2f}"
            f"{found['rows'] / found['seconds']:10,.0f}{size / 1e6 / found['seconds']:8.1f}"
            f"{found['peak_mb']:9.0f}"
        )
    ratio = best["bare"]["seconds"] / best["load"]["seconds"]
    harsh = best["bare, as it came"]["seconds"] / best["load"]["seconds"]
    cpu = best["bare"]["cpu"] / best["load"]["cpu"]
    peak = max(best["load"]["peak_mb"], best["asset"]["peak_mb"])
    size_mb = f"{size / 1e6:,.0f} MB"
    verdict(
        ratio >= LEAST_RATIO,
        f"load at {ratio:.2f} × orjson and executemany, at least {LEAST_RATIO} is asked for "
        f"({harsh:.2f} × where the line is written as it came; {cpu:.2f} × in CPU time), {size_mb}",
    )
    verdict(peak <= MOST_MB, f"{size_mb} loaded in {peak:.0f} MB, at most {MOST_MB} are allowed")
    print(f"load average of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    save_bars(
        options.plots / "load_speed.png",
        f"rows a second, {size_mb}; dashed: {LEAST_RATIO} × bare",
        {name: found["rows"] / found["seconds"] for name, found in best.items()},
        LEAST_RATIO * best["bare"]["rows"] / best["bare"]["seconds"],
    )
    save_bars(
        options.plots / "load_memory.png",
        f"peak memory in MB, {size_mb}",
        {name: found["peak_mb"] for name, found in best.items()},
        MOST_MB,
    )


if __name__ == "__main__":
    main()
