from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rec_assets.golden.index import compare_day
from resources.log_store import LogStore
from resources.search_index import SearchIndex
from tests.rec_assets.golden.day_rows import DAYS, write_day
from tests.resources.elasticsearch_contract.server import Contract

ROOT = Path(__file__).parents[3]
DAY, ROWS, LONGEST = DAYS[0], 4000, 240.0
EXPORT = (
    "import sys, dagster as dg; from tests.rec_assets.golden.day_rows import materialize\n"
    "from rec_assets.commands.turn import why_failed\n"
    "with dg.DagsterInstance.ephemeral() as instance:\n"
    "    result = materialize(instance, sys.argv[1])\n"
    "    sys.exit(None if result.success else why_failed(result))\n"
)


def test_exporter_and_server_are_killed_and_every_row_is_there_once(
    store: LogStore, server: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REC_ELASTICSEARCH_PATIENCE_S", "20")
    write_day(store, DAY, ROWS)
    server.options = {"items": 10, "before": 5, "after": 5}
    server.hurt(**server.options)
    draw = random.Random(4)
    for bulks in (1, 4):
        exporter = start(server, bulks, draw.random() / 20)
        exporter.send_signal(signal.SIGKILL)
        assert exporter.wait(LONGEST) == -signal.SIGKILL
    exporter = start(server, 2, 0)
    server.kill()
    time.sleep(0.5)
    server.start()
    assert exporter.wait(LONGEST) == 0
    server.hurt()
    for found in compare_day(SearchIndex(server.url), store, DAY, {}):
        assert found.wanted == found.found
        assert found.found.rows == ROWS


def start(server: Contract, bulks: int, pause: float) -> subprocess.Popen[bytes]:
    """An exporter that has sent so many bulk requests and is at work."""
    before = server.told()["bulks"]
    exporter = subprocess.Popen([sys.executable, "-c", EXPORT, DAY], cwd=ROOT)
    until(lambda: exporter.poll() is not None or server.told()["bulks"] >= before + bulks)
    time.sleep(pause)
    assert exporter.poll() is None
    return exporter


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.002)
