from __future__ import annotations

from pathlib import Path

import pytest

from rec_assets.commands.serving_again import is_behind, serve_again
from resources.profile_blobs import ServingVersion
from resources.settings import Settings
from tests.rec_assets.wheel import DAYS, wheel


def test_a_cache_that_lost_everything_serves_the_same_bytes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wheel(tmp_path / "home", sessions=30, users=8) as whole:
        whole.complete(DAYS[0])
        served = whole.cache.dump()
        whole.cache._redis.flushall()
        for name, value in whole.environment.items():
            monkeypatch.setenv(name, value)
        serve_again(whole.instance, Settings(), whole.store)
        assert whole.cache.dump() == served
        runs = whole.instance.get_runs_count()
        serve_again(whole.instance, Settings(), whole.store)
        assert whole.instance.get_runs_count() == runs


def test_a_cache_that_serves_a_later_day_is_left_alone() -> None:
    assert is_behind(None, "2026-01-05")
    assert is_behind(ServingVersion("v", "2026-01-04", ()), "2026-01-05")
    assert not is_behind(ServingVersion("v", "2026-01-05", ()), "2026-01-05")
    assert not is_behind(ServingVersion("v", "2026-01-06", ()), "2026-01-05")
