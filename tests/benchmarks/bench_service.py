"""Requests a second and latencies of /recommend next to a route that does nothing, in one run.

    python -m tests.benchmarks.bench_service [--requests 4000] [--connections 32]

The service is the real process (one worker) on a REC_HOME of its own, with embedded SQLite and
Redis; the load comes from this process over keep-alive connections. `cpu` is the server process's
own time for a request, which a busy machine disturbs least.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import numpy as np

from personas_data.encoder.judge_categories import learn
from rec_api.prototype_rows import prototypes_row
from resources.context_pool import read_pool, split
from resources.encoder import open_encoder
from resources.records import PROTOTYPES
from resources.settings import REPOSITORY, Settings
from resources.sqlite_log_store import SqliteLogStore
from tests.rec_api.conftest import TEXT

START_S, MEMORY_MB = 2.5, 160
TICK = os.sysconf("SC_CLK_TCK")


class Started(NamedTuple):
    """A service that is ready, and how long that took."""

    address: str
    key: str
    pid: int
    seconds: float


class Load(NamedTuple):
    """What one kind of request cost."""

    name: str
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us: float


def request(method: str, path: str, key: str, body: object = None) -> bytes:
    """The bytes of an HTTP request."""
    content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    head = (
        f"{method} {path} HTTP/1.1\r\nhost: bench\r\nx-api-key: {key}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


async def call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, raw: bytes) -> None:
    """Send it and read the whole answer; RuntimeError unless it is a 200."""
    writer.write(raw)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
    body = await reader.readexactly(length)
    if b" 200 " not in head[:20]:
        raise RuntimeError(f"{head[:20]!r}: {body[:300]!r}")


async def drive(address: str, requests: list[bytes], connections: int) -> list[float]:
    """Seconds that each request took, closed loop."""
    host, _, port = address.rpartition(":")
    taken, waiting = list[float](), iter(requests)

    async def bot() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        for raw in waiting:
            started = time.perf_counter()
            await call(reader, writer, raw)
            taken.append(time.perf_counter() - started)
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(bot() for _ in range(connections)))
    return taken


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def measure(name: str, address: str, pid: int, requests: list[bytes], connections: int) -> Load:
    """One line of the table, after a tenth of it as warm-up."""
    asyncio.run(drive(address, requests[: len(requests) // 10], connections))
    cpu, started = cpu_seconds(pid), time.perf_counter()
    taken = np.array(asyncio.run(drive(address, requests, connections))) * 1000
    seconds = time.perf_counter() - started
    used = (cpu_seconds(pid) - cpu) / len(requests) * 1e6
    p50, p99 = np.percentile(taken, [50, 99])
    return Load(name, len(requests) / seconds, p50, p99, used)


@contextlib.contextmanager
def service(home: Path) -> Iterator[Started]:
    """A service on `home`, once /readyz answers 200."""
    port_file = home / "port"
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "rec_api", "--port", "0", "--port-file", str(port_file)],
        cwd=REPOSITORY,
        env={**os.environ, "REC_HOME": str(home)},
        stderr=subprocess.DEVNULL,
    )
    try:
        while not port_file.exists():
            time.sleep(0.005)
        address = port_file.read_text().strip()
        while httpx.get(f"http://{address}/readyz").status_code != 200:
            time.sleep(0.005)
        seconds = time.perf_counter() - started
        key = (home / "keys" / "app.key").read_text().strip()
        yield Started(address, key, process.pid, seconds)
    finally:
        process.terminate()
        process.wait()


def prepare(home: Path) -> None:
    """Category vectors of the whole pool's reference part, as the wheel makes them."""
    encoder = open_encoder("static")
    assert encoder is not None
    reference = split(read_pool(Settings().contexts)).reference
    store = SqliteLogStore(home / "recwheel.sqlite")
    store.put(PROTOTYPES, [prototypes_row(learn(encoder, reference), len(reference))])
    store.close()


def resident_megabytes(pid: int) -> float:
    """Memory of the process that is in RAM, in 10^6 bytes."""
    (line,) = (
        line
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith("VmRSS")
    )
    return int(line.split()[1]) * 1024 / 1e6


def print_start(runs: int) -> None:
    """Print the seconds from the process's start to /readyz, each run on the same REC_HOME."""
    with tempfile.TemporaryDirectory() as home:
        prepare(Path(home))
        found = []
        for _ in range(runs):
            (Path(home) / "port").unlink(missing_ok=True)
            with service(Path(home)) as one:
                found.append((one.seconds, cpu_seconds(one.pid), resident_megabytes(one.pid)))
    seconds, worked, held = (sorted(column) for column in zip(*found, strict=True))
    shown, memory = "/".join(f"{s:.2f}" for s in seconds), held[-1]
    print(f"start to /readyz 200: {shown} s, of which cpu {worked[runs // 2]:.2f}", end="")
    print(f" s, then {memory:.0f} MB")
    verdict = "hold" if seconds[runs // 2] <= START_S and memory <= MEMORY_MB else "DO NOT HOLD"
    print(f"median ≤ {START_S} s and ≤ {MEMORY_MB} MB {verdict}")


def kinds(key: str, number: int) -> dict[str, list[bytes]]:
    """Requests of each kind; no two recommendations are of one text."""

    def body(k: int) -> dict[str, object]:
        return {"user_id": f"u{k % 500}", "doc_id": "d", "selected_text": f"{TEXT} {k}"}

    documents = [
        request("PUT", "/documents/d", key, {"user_id": f"u{k % 500}", "text": TEXT * 10})
        for k in range(min(number, 1000))
    ]
    return {
        "no-op (/healthz)": [request("GET", "/healthz", key)] * number,
        "PUT /documents": documents,
        "/recommend": [request("POST", "/recommend", key, body(k)) for k in range(number)],
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=4000)
    parser.add_argument("--connections", type=int, nargs="*", default=[1, 32])
    parser.add_argument("--starts", type=int, default=5)
    options = parser.parse_args()
    print_start(options.starts)
    print(f"{'route':20}{'connections':>12}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'cpu µs':>9}")
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        prepare(home)
        address, key, pid, _ = stack.enter_context(service(home))
        for connections in options.connections:
            for name, requests in kinds(key, options.requests).items():
                load = measure(name, address, pid, requests, connections)
                print(
                    f"{name:20}{connections:12}{load.per_second:9.0f}{load.p50_ms:9.2f}"
                    f"{load.p99_ms:9.2f}{load.cpu_us:9.0f}"
                )
        print(f"memory after all of them: {resident_megabytes(pid):.0f} MB")
    print(f"load average of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
