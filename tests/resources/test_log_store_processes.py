"""Several processes write one store; some are killed. What was acknowledged stays."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pymongo.collection import Collection
from pymongo.errors import AutoReconnect

from resources import sqlite_log_store
from resources.log_store import LogStore, StoreUnavailable, open_log_store
from resources.records import Row
from resources.settings import REPOSITORY

A = "editor_recommend_options"
APPENDER = f"""
import sys
sys.path.insert(0, {str(REPOSITORY)!r})
from resources.log_store import open_log_store
store = open_log_store(sys.argv[1])
name, batches = sys.argv[2], int(sys.argv[3])
for n in range(batches):
    ids = [f"{{name}}-{{n:05}}-{{i}}" for i in range(20)] + [f"shared-{{n:05}}"]
    new = store.append({A!r}, [{{"_id": i, "text": "x" * 500}} for i in ids]).new
    print(new, *ids, flush=True)
store.close()
"""


def appender(url: str, name: str, batches: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", APPENDER, url, name, str(batches)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_processes_that_append_at_once_lose_and_double_nothing(store_url: str) -> None:
    writers = [appender(store_url, name, 15) for name in ("a", "b", "c")]
    lines = [
        line.split()
        for writer in writers
        for line in writer.communicate(timeout=60)[0].splitlines()
    ]
    assert len(lines) == 45
    store = open_log_store(store_url)
    assert store.count(A) == sum(int(new) for new, *_ in lines) == 3 * 15 * 20 + 15
    store.close()


def test_a_killed_writer_loses_nothing_that_was_acknowledged(store_url: str) -> None:
    writer = appender(store_url, "k", 100_000)
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline().split() for _ in range(10)]
    writer.kill()
    # The last line may have been cut by the kill: a whole one has 21 ids.
    acknowledged += [line.split() for line in writer.communicate(timeout=10)[0].splitlines()[:-1]]
    store = open_log_store(store_url)
    wanted = [identity for _, *ids in acknowledged for identity in ids]
    assert len(wanted) == 21 * len(acknowledged)
    assert store.get(A, wanted).keys() == set(wanted)
    store.append(A, [{"_id": "after"}])
    store.close()


def test_a_replace_that_broke_off_loses_nothing_and_is_repaired_by_repeating(
    store: LogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = [{"_id": f"old-{n}", "day": "2026-01-01"} for n in range(3)]
    new = [{"_id": f"new-{n}", "day": "2026-01-01"} for n in range(3)]
    store.append(A, old)
    with monkeypatch.context() as crash:
        crash.setattr(Collection, "delete_many", _break_off)
        crash.setattr(
            sqlite_log_store, "PUT", "INSERT INTO no_such_table VALUES (?, ?, ?, ?, ?, ?)"
        )
        with pytest.raises(StoreUnavailable):
            store.replace(A, {"day": "2026-01-01"}, new)
    assert store.get(A, [row["_id"] for row in old]).keys() == {row["_id"] for row in old}
    store.replace(A, {"day": "2026-01-01"}, new)
    assert list(store.scan(A)) == [new]


def _break_off(collection: Collection[Row], query: Row) -> None:
    raise AutoReconnect("the connection broke")
