"""Sessions a second of the bots, next to what the client library alone could do, in one run.

    python -m tests.benchmarks.bench_bots [--sessions 400] [--repeats 5]

Interleaved, every repeat a day of its own:
  bare    the same calls by the same client library with constant bodies, against a no-op service
  no-op   the real driver and bots against the same no-op service (tests/benchmarks/noop_service.py)
  real    the real driver and bots against the real service (SQLite, embedded Redis, second day of
          a wheel: profiles and clusters are served)
Services are processes of their own; `driver` and `service` are each side's CPU for a session.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

import aiohttp

from rec_assets.traffic.drawn_from import keep_drawn_from
from rec_assets.traffic.driver import DayTraffic, run_day
from rec_assets.traffic.plan import SessionPlan, day_plan
from rec_assets.traffic.population import BotUser
from rec_assets.traffic.writing import Shelf
from resources.context_pool import read_pool, split
from resources.log_store import open_log_store
from resources.service_process import await_ready, service, url_in
from resources.settings import REPOSITORY, Settings
from tests.benchmarks.bench_service import cpu_seconds
from tests.benchmarks.noop_service import TEXT

FIRST = date(2026, 1, 5)
KEY = "k" * 43


class Taken(NamedTuple):
    """What one day took: sessions a second, and CPU milliseconds of a session on each side."""

    per_second: float
    driver_ms: float
    service_ms: float


class Bots(NamedTuple):
    """The simulated people of a wheel and what they write from."""

    users: list[BotUser]
    shelf: Shelf
    settings: Settings

    def plan(self, turn: int, sessions: int) -> list[SessionPlan]:
        """A day that was not played yet."""
        day = (FIRST + timedelta(days=turn)).isoformat()
        return day_plan(self.users, day, sessions, self.settings.seed, turn)

    def play(self, plan: list[SessionPlan], url: str, key: str) -> DayTraffic:
        """The real driver."""
        return run_day(
            plan, self.users, base_url=url, api_key=key, shelf=self.shelf,
            seed=self.settings.seed, concurrency=self.settings.concurrency,
        )  # fmt: skip


def bare(url: str, sessions: int, left: int, concurrency: int) -> None:
    """`sessions` sessions of four calls, `left` of them of two, bodies and keys constant."""
    asyncio.run(_bare(url, [2] * left + [4] * (sessions - left), concurrency))


async def _bare(url: str, calls: list[int], concurrency: int) -> None:
    waiting = iter(calls)
    bodies = {
        "/documents/doc-2026-01-05-1": {"user_id": "sim-00001", "text": TEXT * 5, "created_at": 1},
        "/recommend": {
            "user_id": "sim-00001", "doc_id": "doc-2026-01-05-1", "selected_text": TEXT,
            "context_prev": TEXT, "context_next": TEXT, "created_at": 1, "origin": "simulation",
            "limit": 5,
        },
        "/paraphrase": {
            "user_id": "sim-00001", "recommend_session_id": "x" * 32, "selected_text": TEXT,
            "source_recommend_event_id": "x" * 32, "category": "thesis", "intensity": "strong",
            "language": "ko", "created_at": 1,
        },
        "/log": {
            "event": "editor_selected_paraphrasing", "user_id": "sim-00001", "accepted": True,
            "recommend_session_id": "x" * 32, "source_recommend_event_id": "x" * 32,
            "source_paraphrase_event_id": "x" * 32, "correction_history_id": "x" * 32,
            "selected_index": 0, "created_at": 1,
        },
    }  # fmt: skip
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=concurrency), headers={"X-API-Key": KEY}
    ) as client:

        async def worker() -> None:
            for number in waiting:
                for path, body in list(bodies.items())[:number]:
                    method = "PUT" if path.startswith("/doc") else "POST"
                    headers = {"Idempotency-Key": "1/2026-01-05/sim-00001/1/recommend"}
                    async with client.request(
                        method, url + path, json=body, headers=headers
                    ) as answer:
                        await answer.json()

        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(worker())


def timed(sessions: int, pid: int, work: Callable[[], object]) -> Taken:
    """What `work` took; `pid` is the service's."""
    cpu, own, started = cpu_seconds(pid), time.process_time(), time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    mine = (time.process_time() - own) / sessions * 1e3
    return Taken(sessions / seconds, mine, (cpu_seconds(pid) - cpu) / sessions * 1e3)


@contextlib.contextmanager
def nothing(folder: Path) -> Iterator[tuple[str, int]]:
    """URL and process of a no-op service."""
    port_file = folder / "noop.port"
    command = [sys.executable, "-m", "tests.benchmarks.noop_service", str(port_file)]
    process = subprocess.Popen(command, cwd=REPOSITORY)
    try:
        while (url := url_in(port_file)) is None:
            time.sleep(0.02)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait()


def first_day(sessions: int) -> Bots:
    """A wheel of one day under REC_HOME, made by `recwheel run`; its bots."""
    recwheel = Path(sys.executable).with_name("recwheel")
    command = [str(recwheel), "run", "--days", "1", "--sessions", str(sessions), "--json"]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    settings = Settings()
    store = open_log_store(settings.store_url)
    users = keep_drawn_from(store, settings).bots()
    store.close()
    return Bots(users, Shelf(split(read_pool(settings.contexts)).bots), settings)


def child_of(pid: int) -> int:
    """The process of the service that was just started from here."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    named = [c for c in children if b"rec_api" in Path(f"/proc/{c}/cmdline").read_bytes()]
    return int(named[-1])


def measure(bots: Bots, sessions: int, repeats: int, folder: Path) -> dict[str, list[Taken]]:
    """Rows by kind, one for each repeat, after one of each that does not count."""
    found: dict[str, list[Taken]] = {"bare": [], "no-op": [], "real": []}
    with nothing(folder) as (noop, noop_pid), service(bots.settings) as real:
        await_ready(real)
        real_pid, many = child_of(os.getpid()), bots.settings.concurrency
        for turn in range(1, repeats + 2):
            plan = bots.plan(turn, sessions)
            left = bots.play(plan, noop, KEY).endings["left"]
            kinds: dict[str, tuple[int, Callable[[], object]]] = {
                "bare": (noop_pid, partial(bare, noop, sessions, left, many)),
                "no-op": (noop_pid, partial(bots.play, plan, noop, KEY)),
                "real": (real_pid, partial(bots.play, plan, real.url, real.api_key)),
            }
            for name, (pid, work) in kinds.items():
                taken = timed(sessions, pid, work)
                found[name] += [taken] if turn > 1 else []
    return found


def show(found: dict[str, list[Taken]]) -> None:
    """The table and the ratios, medians with the lowest and highest repeat."""
    print(f"{'against':8}{'sessions/s':>12}{'lowest':>9}{'driver ms':>11}{'service ms':>12}")
    for name, rows in found.items():
        rates = [row.per_second for row in rows]
        driver, served = (statistics.median(row[k] for row in rows) for k in (1, 2))
        middle = statistics.median(rates)
        print(f"{name:8}{middle:12.0f}{min(rates):9.0f}{driver:11.2f}{served:12.2f}")
    for words, above, below, wanted in (
        ("driver with bots / bare client, both on the no-op service", "no-op", "bare", 0.5),
        ("real service / no-op service, same bots", "real", "no-op", 0.5),
    ):
        pairs = zip(found[above], found[below], strict=True)
        ratios = [one.per_second / other.per_second for one, other in pairs]
        print(
            f"{words}: {statistics.median(ratios):.2f} "
            f"({min(ratios):.2f}–{max(ratios):.2f}; wanted ≥ {wanted})"
        )
    bots, alone = (statistics.median(row.driver_ms for row in found[k]) for k in ("no-op", "bare"))
    print(f"the same by the client's CPU, which a busy machine disturbs less: {alone / bots:.2f}")
    served = statistics.median(row.service_ms for row in found["real"])
    print(f"the real service on one free core, by its CPU: {1000 / served:.0f} sessions/s")
    rate = statistics.median(row.per_second for row in found["real"])
    print(f"sessions/s with the real service: {rate:.0f} (wanted ≥ 100)")


def main(words: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=400)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["REC_HOME"], os.environ["REC_START"] = folder, FIRST.isoformat()
        bots = first_day(options.sessions)
        show(measure(bots, options.sessions, options.repeats, Path(folder)))
    print(f"load average of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
