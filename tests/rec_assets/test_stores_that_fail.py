"""A store that is killed in the middle of an asset, and comes back: the run ends green."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import rec_assets.training.assets as training
from rec_assets.commands.turn import why_failed
from resources.embedded_redis import embedded_redis
from resources.profile_cache import ProfileCache
from resources.records import COLLECTIONS
from tests.rec_assets.test_bad_days import retries
from tests.rec_assets.wheel import DAYS, Wheel, wheel
from tests.resources.nx_server import Server

SMALL = {"sessions": 40, "days": 1, "retry_seconds": "0.5"}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wheel]:
    with wheel(tmp_path_factory.mktemp("undisturbed") / "home", **SMALL) as whole:
        whole.complete(DAYS[0])
        yield whole


class Once:
    """Does something before the n-th call of a function, and never again."""

    def __init__(self, function: Callable[..., object], at: int, before: Callable[[], None]):
        self.function, self.at, self.before, self.calls = function, at, before, 0

    def __call__(self, *arguments: object, **named: object) -> object:
        self.calls += 1
        if self.calls == self.at:
            self.before()
        return self.function(*arguments, **named)


def test_mongodb_killed_while_h_is_written_costs_no_row_and_doubles_none(
    undisturbed: Wheel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server(tmp_path / "nx") as server:
        url = f"{server.url}/wheel?serverSelectionTimeoutMS=300"
        with wheel(tmp_path / "home", log_url=url, **SMALL) as disturbed:

            def kill() -> None:
                server.kill()
                threading.Timer(1.0, server.start).start()

            monkeypatch.setattr(training, "_write", Once(training._write, 4, kill))
            result = disturbed.turn(DAYS[0])
            assert result.success, why_failed(result)
            assert set(retries(result)) == {"training_examples"}
            assert disturbed.digests() == undisturbed.digests()
            assert disturbed.store.count(COLLECTIONS["H"]) == 40
            assert disturbed.cache.dump() == undisturbed.cache.dump()


def test_redis_killed_while_profiles_are_published_serves_the_same_bytes_in_the_end(
    undisturbed: Wheel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wheel(tmp_path / "home", **SMALL) as disturbed:

        def kill() -> None:
            with embedded_redis(tmp_path / "home") as url:
                cache = ProfileCache(url)
                os.kill(cache._redis.info()["process_id"], signal.SIGKILL)
                cache.close()
            time.sleep(0.05)

        switch = Once(ProfileCache._switch, 1, kill)
        monkeypatch.setattr(ProfileCache, "_switch", lambda *a: switch(*a))
        result = disturbed.turn(DAYS[0])
        assert result.success, why_failed(result)
        assert set(retries(result)) == {"serving_profiles"}
        assert disturbed.cache.dump() == undisturbed.cache.dump()
        assert disturbed.digests() == undisturbed.digests()
