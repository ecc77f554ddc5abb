"""Golden data in Elasticsearch in spite of everything: every row once, equal to H.

    python -m tests.benchmarks.bench_golden [--rows 10000]

`SIZE=full` takes 100,000 rows. The day is cloned from one that bots made over HTTP. The server is
the tests' contract server, in a process of its own: it rejects 10 % of the items, drops 5 % of the
connections before and 5 % after it has applied a request. Meanwhile the exporter is killed with
SIGKILL and started again, and the server too. What it holds is then read from its own file.
"""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from rec_assets.golden.index import BOTH, rows_of
from rec_assets.golden.rows import read_personas
from resources.log_store import LogStore, open_log_store
from resources.records import COLLECTIONS, Row
from resources.row_content import Content, content_of
from resources.search_series import Series
from resources.settings import REPOSITORY, Settings
from tests.benchmarks.cloned_rows import DAY, SmallDay, asset_step, wheel_environment
from tests.benchmarks.figures import FULL, Figures, fresh, parser, timed, verdict
from tests.resources.elasticsearch_contract.server import Contract, contract_server

MODULE: Final = "tests.benchmarks.bench_golden"
FAULTS: Final = {"items": 10, "before": 5, "after": 5}
PER_USER: Final = 5  # sessions of a user on the day
EXPORTER_KILLS, SERVER_KILLS = 6, 2
LONGEST: Final = 1800.0
MOST_MB: Final = 500
ITEMS_OF_A_BULK: Final = 500


class Exporter:
    """golden_index of the day, in a process of its own that may be killed."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._said = folder / "exporter.out"
        with self._said.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", MODULE, "--step", "golden_index"],
                cwd=REPOSITORY, env=dict(environment), stdout=said, stderr=sys.stderr,
            )  # fmt: skip

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def end(self) -> Figures:
        """Wait; what it reports. RuntimeError when it failed."""
        if self.process.wait(LONGEST):
            raise RuntimeError(f"golden_index ended with {self.process.returncode}")
        found: Figures = json.loads(self._said.read_text("utf-8").splitlines()[-1])
        return found


def hurt_and_finish(
    folder: Path, server: Contract, environment: Mapping[str, str], rows: int
) -> Figures:
    """Kill the exporter and the server on the way; what the exporter that came through reports."""
    draw = random.Random(7)
    told: dict[str, int] = dict.fromkeys(("bulks", "items", "rejected", "dropped"), 0)
    share = max(2, len(BOTH) * rows // ITEMS_OF_A_BULK // (EXPORTER_KILLS + SERVER_KILLS + 2))
    kinds = ["exporter"] * EXPORTER_KILLS + ["server"] * SERVER_KILLS
    draw.shuffle(kinds)
    killed = {"exporter": 0, "server": 0}
    exporter = Exporter(folder, environment)
    for kind in kinds:
        bulks = server.told()["bulks"] + draw.randint(1, share)
        until(lambda: not exporter.running or server.told()["bulks"] >= bulks)  # noqa: B023
        time.sleep(draw.random() / 20)
        if not exporter.running:
            break
        if kind == "server":
            for name, count in server.told().items():
                told[name] += count
            server.kill()
            server.start()
        else:
            exporter.process.kill()
            exporter.process.wait()
            exporter = Exporter(folder, environment)
        killed[kind] += 1
    figures = exporter.end()
    return {**figures, **{k: told[k] + n for k, n in server.told().items()}, "killed": killed}


def until(true: Callable[[], bool]) -> None:
    """Return once it is true."""
    deadline = time.monotonic() + LONGEST
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError("nothing goes on")
        time.sleep(0.005)


def wanted(store: LogStore, series: Series, settings: Settings) -> Content:
    """What the day is in the log store."""
    return content_of(rows_of(series, store, DAY, read_personas(store, settings)))


def held(server: Contract, series: Series) -> tuple[Content, list[Row]]:
    """What the server has on disk, in the order of ids; every row."""
    with closing(sqlite3.connect(server.folder / "node.sqlite")) as file:
        found = file.execute(
            "SELECT id, source FROM docs WHERE idx LIKE ? ORDER BY id", (f"{series.alias}-%",)
        )
        rows = [json.loads(source) for _, source in found]
    return content_of(rows), rows


def erase_some(store: LogStore) -> tuple[str, str]:
    """Delete one user's rows and one other row from H and I; user and id."""
    rows = [row for batch in store.scan(COLLECTIONS["H"], fields=("user_id",)) for row in batch]
    user, other = rows[0]["user_id"], next(r for r in rows if r["user_id"] != rows[0]["user_id"])
    for letter in "HI":
        store.delete(COLLECTIONS[letter], {"user_id": user})
        store.delete(COLLECTIONS[letter], {"_id": other["_id"]})
    return user, other["_id"]


def compared(store: LogStore, server: Contract, settings: Settings, when: str) -> list[Row]:
    """Print whether both series are equal; all rows that the server holds."""
    every = []
    for series in BOTH:
        want, (found, rows) = wanted(store, series, settings), held(server, series)
        every += rows
        verdict(
            want == found,
            f"{when}, {series.alias}: {found.rows:,} rows of {want.rows:,}, each once; digest "
            f"{found.digest[:12]} for {want.digest[:12]}",
        )
    return every


def run(folder: Path, rows: int) -> None:
    """Make the day, send it under faults, compare, erase, send again, compare."""
    users = max(20, rows // PER_USER)
    home = folder / "home"
    home.mkdir()
    settings = Settings(home=home, users=users)
    with closing(open_log_store(settings.store_url)) as store:
        SmallDay(folder / "small").write_chains(store, rows, users)
    environment = wheel_environment(home, users=users, sessions=rows)
    fresh(MODULE, "training_examples", environment=environment)
    with contract_server(folder / "node", **FAULTS) as server:
        whole: dict[str, Any] = {
            **_without_settings(), **environment, "REC_ELASTICSEARCH_URL": server.url,
        }  # fmt: skip
        began = time.perf_counter()
        figures = hurt_and_finish(folder, server, whole, rows)
        seconds = time.perf_counter() - began
        with closing(open_log_store(settings.store_url)) as store:
            compared(store, server, settings, "after the kills")
            user, identity = erase_some(store)
            again = Exporter(folder, whole).end()
            left = compared(store, server, settings, "after the erasure")
    found = [r for r in left if r["user_id"] == user or identity in r.values()]
    verdict(not found, f"{len(found)} rows left of an erased user and a deleted id")
    killed = figures["killed"]
    verdict(
        killed == {"exporter": EXPORTER_KILLS, "server": SERVER_KILLS},
        f"killed: exporter {killed['exporter']}, server {killed['server']} times; rejected "
        f"{figures['rejected']:,} of {figures['items']:,} items, dropped {figures['dropped']} of "
        f"{figures['bulks']} connections, {seconds:.0f} s in all",
    )
    peak = max(figures["peak_mb"], again["peak_mb"])
    verdict(peak <= MOST_MB, f"{peak:.0f} MB at most with Dagster, {MOST_MB} are allowed")
    print(f"the export that came through: {figures['seconds']:.1f} s, the one with nothing but the "
          f"erasure to send: {again['seconds']:.1f} s")  # fmt: skip


def _without_settings() -> dict[str, str]:
    import os

    return {k: v for k, v in os.environ.items() if not k.startswith("REC_")}


def main() -> None:
    """Print the verdicts."""
    arguments = parser(__doc__)
    arguments.add_argument("--rows", type=int, default=100_000 if FULL else 10_000)
    options = arguments.parse_args()
    if options.step:
        print(json.dumps(timed(lambda: asset_step(options.step))))
        return
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), options.rows)


if __name__ == "__main__":
    main()
