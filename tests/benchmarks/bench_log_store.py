"""How fast the SQLite store appends, against a bare executemany of the same ids and bytes.

    python -m tests.benchmarks.bench_log_store

Prints rows a second of both and their ratio, best of ROUNDS in turns, so that a loaded machine
slows both alike. The store checks, encodes and indexes every row; the bare one does none of that.
"""

from __future__ import annotations

import base64
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import orjson

from resources.records import Row
from resources.sqlite_log_store import SqliteLogStore

ROUNDS: Final = 5
ROWS: Final = 20_000
TABLE: Final = "editor_recommend_options"


def common(n: int, draw: random.Random) -> Row:
    """What every record carries, and the ids of its chain."""
    return {
        "_id": draw.randbytes(16).hex(),
        "user_id": f"sim-{n % 500:05}",
        "created_at": 1_760_000_000_000 + n,
        "day": "2026-01-05",
        "arrived_on": "2026-01-05",
        "shard": n % 256,
        "origin": "simulation",
        "schema_version": 1,
        "recommend_session_id": draw.randbytes(16).hex(),
        "context_hash": draw.randbytes(16).hex(),
        "text_language": "ko",
    }


def run_row(n: int, draw: random.Random) -> Row:
    """As B: about 600 bytes."""
    return {
        **common(n, draw),
        "source_recommend_event_id": draw.randbytes(16).hex(),
        "correction_history_id": draw.randbytes(16).hex(),
        "category": "thesis",
        "intensity": "strong",
        "language": "ko",
        "slate_position": None,
        "input_sentence_length": 86,
        "candidates": 3,
        "response_time_ms": 12.5,
    }


def text_row(n: int, draw: random.Random) -> Row:
    """As D or E: mostly text, about 2.5 kB."""
    return {**common(n, draw), "text": "문장을 다듬는 일은 어렵다. " * 55}


def slate_row(n: int, draw: random.Random) -> Row:
    """As A: forty fields, about 3 kB, most of them numbers."""

    def packed(count: int) -> str:
        return base64.b64encode(draw.randbytes(8 * count)).decode()

    def shares(*names: str) -> dict[str, float]:
        return {name: draw.random() for name in names}

    option = {"category": "thesis", "intensity": "strong", "language": "ko"}
    return {
        **common(n, draw),
        "doc_id": draw.randbytes(16).hex(),
        "restriction": {},
        "settings": shares("alpha", "beta", "lambda", "n", "document_length"),
        "weights": shares("vec", "doc", "user", "cluster"),
        **{name: packed(7) for name in ("p_vec", "p_doc", "p_user")},
        "p_cluster": None,
        "scores": packed(84),
        "reco_options": [
            {
                **option,
                "score": draw.random(),
                "contributions": shares("vec", "doc", "user", "cluster"),
            }
            for _ in range(5)
        ],
        "doc_maturity_score": draw.random(),
        "degraded": [],
        "propensity": 1.0,
        "versions": {"encoder": "static-1", "profile": "2026-01-04-abcdef", "scoring": "1"},
    }


def bare(path: Path, rows: list[Row], batch: int) -> float:
    """Seconds of executemany alone; the bytes are made before."""
    lines = [(row["_id"], orjson.dumps(row)) for row in rows]
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("CREATE TABLE t (_id TEXT PRIMARY KEY, body BLOB)")
    started = time.perf_counter()
    for start in range(0, len(lines), batch):
        connection.execute("BEGIN IMMEDIATE")
        part = lines[start : start + batch]
        connection.executemany("INSERT OR IGNORE INTO t VALUES (?, ?)", part)
        connection.execute("COMMIT")
    seconds = time.perf_counter() - started
    connection.close()
    return seconds


def store(path: Path, rows: list[Row], batch: int) -> float:
    """Seconds of `append`, which is given dicts."""
    opened = SqliteLogStore(path)
    started = time.perf_counter()
    for start in range(0, len(rows), batch):
        opened.append(TABLE, rows[start : start + batch])
    seconds = time.perf_counter() - started
    opened.close()
    return seconds


def main() -> None:
    """One line for each kind of row and size of batch."""
    kinds: dict[str, Callable[[int, random.Random], Row]] = {
        "B": run_row,
        "text": text_row,
        "A": slate_row,
    }
    print(f"{'rows':>5} {'bytes':>6} {'batch':>6} {'bare/s':>9} {'store/s':>9} {'ratio':>6}")
    for name, make in kinds.items():
        draw = random.Random(7)
        rows = [make(n, draw) for n in range(ROWS)]
        size = len(orjson.dumps(rows[0]))
        for batch in (500, ROWS):
            seconds: dict[str, list[float]] = {"bare": [], "store": []}
            for _ in range(ROUNDS):
                with tempfile.TemporaryDirectory() as folder:
                    seconds["bare"].append(bare(Path(folder) / "bare.sqlite", rows, batch))
                    seconds["store"].append(store(Path(folder) / "store.sqlite", rows, batch))
            alone, ours = min(seconds["bare"]), min(seconds["store"])
            rates = f"{ROWS / alone:>9,.0f} {ROWS / ours:>9,.0f} {alone / ours:>6.2f}"
            print(f"{name:>5} {size:>6} {batch:>6} {rates}")


if __name__ == "__main__":
    main()
