"""`recwheel copy` as a person types it, and the wheel that goes on where its state went."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import dagster as dg
import pymongo
import pytest

from rec_assets.commands.turn import why_failed
from resources.embedded_redis import embedded_redis
from resources.home_lock import standing_still, writing
from resources.log_store import LogStore, open_log_store
from resources.profile_cache import ProfileCache
from resources.records import ALL_COLLECTIONS
from resources.sqlite_log_store import SqliteLogStore
from resources.state_copy import MARKER
from resources.state_digest import state_digests
from tests.rec_assets.command_line import RECWHEEL, ROOT, recwheel, recwheel_json, surroundings
from tests.rec_assets.wheel import DAYS, Wheel, wheel

A = "editor_recommend_options"


@pytest.fixture
def mongo(wire_url: str, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    name = f"copy_{tmp_path.name}"[:60]
    yield f"{wire_url}/{name}"
    with pymongo.MongoClient[dict[str, object]](wire_url) as client:
        client.drop_database(name)


@contextmanager
def opened(url: str) -> Iterator[LogStore]:
    with closing(open_log_store(url)) as store:
        yield store


def a_state(home: Path, rows: int = 30) -> LogStore:
    """A log store under `home` with some rows in it."""
    home.mkdir(parents=True, exist_ok=True)
    store = SqliteLogStore(home / "recwheel.sqlite")
    store.append(A, [{"_id": f"a{n:05}", "day": DAYS[0], "n": n} for n in range(rows)])
    store.append("manifests", [{"_id": f"cluster_profiles/{DAYS[0]}", "asset": "cluster_profiles",
                                "day": DAYS[0], "complete": True}])  # fmt: skip
    return store


def kill_in_the_middle(home: Path, target: str, **environment: str) -> None:
    """Start a copy and kill it with SIGKILL when the first rows stand in the target."""
    copy = subprocess.Popen(
        [str(RECWHEEL), "copy", "--to", target], cwd=ROOT, env=surroundings(home, **environment),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    with opened(target) as store:
        deadline = time.monotonic() + 60
        while not store.count(A) and copy.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        copy.kill()
        assert copy.wait(10) == -signal.SIGKILL, "the copy had ended before it was killed"
        assert store.count(MARKER) == 1


def elsewhere(here: Wheel, home: Path, url: str, store: LogStore, cache: ProfileCache) -> Wheel:
    """The same wheel on another store, with a REC_HOME and a profile cache of its own."""
    environment = {**here.environment, "REC_HOME": str(home), "REC_LOG_URL": url}
    return Wheel(environment, store, cache, here.instance)


def test_a_wheel_goes_on_where_its_state_went_though_the_copy_was_killed(
    tmp_path: Path, mongo: str
) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    with wheel(home) as here:
        here.complete(DAYS[0])
        assert _tables(home / "recwheel.sqlite") <= set(ALL_COLLECTIONS)
        before = here.digests()
        kill_in_the_middle(home, mongo)
        copied = recwheel_json(home, "copy", "--to", mongo)
        assert copied["resumed"]
        assert copied["digests"] == before == here.digests()
        back = tmp_path / "back.sqlite"
        kill_in_the_middle(home, f"sqlite:///{back}", REC_LOG_URL=mongo)
        returned = recwheel_json(home, "copy", "--to", str(back), REC_LOG_URL=mongo)
        assert returned["resumed"]
        assert returned["digests"] == before
        assert returned["collections"] == copied["collections"]
        here.complete(DAYS[1])
        with opened(mongo) as store, embedded_redis(other) as redis:
            cache = ProfileCache(redis)
            there = elsewhere(here, other, mongo, store, cache)
            _serve_from_an_empty_cache(there)
            there.complete(DAYS[1])
            assert state_digests(store) == here.digests() != before
            cache.close()


def _tables(file: Path) -> set[str]:
    """All that a wheel wrote: what is not among the collections would stay behind."""
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name for (name,) in found}


def _serve_from_an_empty_cache(there: Wheel) -> None:
    """What `recwheel copy` says of another Redis: the day before is published again."""
    refused = there.turn(DAYS[1])
    assert "materialize serving_profiles" in why_failed(refused)
    published: dg.ExecuteInProcessResult = there.run("wheel", DAYS[0], ("serving_profiles",))
    assert published.success, why_failed(published)


def test_a_copy_says_what_to_set_and_where_profiles_come_from(tmp_path: Path) -> None:
    a_state(tmp_path / "home").close()
    done = recwheel(tmp_path / "home", "copy", "--to", str(tmp_path / "new.sqlite"))
    assert done.returncode == 0, done.stderr
    assert f"REC_LOG_URL to sqlite:///{tmp_path / 'new.sqlite'}" in done.stdout
    assert f"materializing serving_profiles for {DAYS[0]}" in done.stdout
    assert "31 rows in" in done.stdout
    assert "\x1b" not in done.stdout
    assert recwheel_json(tmp_path / "home", "copy", "--to", str(tmp_path / "new.sqlite"))["equal"]


def test_the_target_may_come_from_the_environment_and_is_shown_by_no_help(tmp_path: Path) -> None:
    a_state(tmp_path / "home").close()
    target = str(tmp_path / "secret.sqlite")
    told = recwheel(tmp_path / "home", "copy", "--help", REC_COPY_TO=target)
    assert "REC_COPY_TO" in told.stdout
    assert "secret" not in told.stdout
    lacking = recwheel(tmp_path / "home", "copy")
    assert lacking.returncode == 2
    assert "REC_COPY_TO" in lacking.stderr
    assert recwheel_json(tmp_path / "home", "copy", REC_COPY_TO=target)["equal"]
    assert recwheel_json(tmp_path / "home", "copy", "--to", target, REC_COPY_TO="/no")["equal"]


def test_a_target_with_another_state_is_refused_with_its_counts(tmp_path: Path) -> None:
    a_state(tmp_path / "home").close()
    a_state(tmp_path / "other", 4).close()
    done = recwheel(tmp_path / "home", "copy", "--to", str(tmp_path / "other" / "recwheel.sqlite"))
    assert done.returncode == 1
    assert f"{A} 30 rows here, 4 there" in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("mongodb://someone:secret@127.0.0.1:9/x", "mongodb://127.0.0.1:9/x does not answer"),
        ("mongodb://someone:sec/ret@host/x", "must be mongodb://<host>:<port>/<database>"),
        ("redis://someone:secret@host", "--to has the scheme 'redis'"),
        ("sqlite://file", "--to has the scheme 'sqlite'"),
        ("someone:secret://host", "--to has the scheme of no known form"),
        ("someone:secret@host/x", "--to holds an @ and no ://"),
        ("mongodb:/someone:secret@host/x", "--to holds an @ and no ://"),
        ("/proc/none/state.sqlite", "cannot be used"),
    ],
)
def test_a_target_that_cannot_be_is_a_sentence_without_its_password(
    tmp_path: Path, to: str, words: str
) -> None:
    a_state(tmp_path / "home").close()
    files = set(tmp_path.rglob("*"))
    named = recwheel(tmp_path / "home", "copy", "--to", to)
    found = recwheel(tmp_path / "home", "copy", REC_COPY_TO=to)
    for done in (named, found):
        said = " ".join(done.stderr.split())
        assert done.returncode == 1
        assert words in said
        assert "secret" not in done.stderr + done.stdout
        assert "Traceback" not in said
    assert {path for path in set(tmp_path.rglob("*")) - files if "secret" in path.name} == set()


def test_the_store_in_force_is_no_target(tmp_path: Path) -> None:
    a_state(tmp_path / "home").close()
    done = recwheel(tmp_path / "home", "copy", "--to", str(tmp_path / "home" / "recwheel.sqlite"))
    assert done.returncode == 1
    assert "is the store in force" in " ".join(done.stderr.split())


def test_nothing_is_copied_from_where_nothing_was_written(tmp_path: Path) -> None:
    done = recwheel(tmp_path / "home", "copy", "--to", str(tmp_path / "new.sqlite"))
    assert done.returncode == 1
    assert "there is no state to copy" in " ".join(done.stderr.split())
    assert list(tmp_path.iterdir()) == []


def test_a_state_that_is_being_written_is_not_copied(tmp_path: Path) -> None:
    home = tmp_path / "home"
    a_state(home).close()
    with writing(home):
        done = recwheel(home, "copy", "--to", str(tmp_path / "new.sqlite"))
    assert done.returncode == 1
    assert "end it first" in " ".join(done.stderr.split())
    assert not (tmp_path / "new.sqlite").exists()


def test_a_command_that_writes_waits_for_no_copy_but_says_so(tmp_path: Path) -> None:
    home = tmp_path / "home"
    a_state(home).close()
    with standing_still(home):
        done = recwheel(home, "status")
    assert done.returncode == 1
    assert "wait until `recwheel copy` has ended" in " ".join(done.stderr.split())


def test_what_the_outbox_holds_is_forwarded_before_it_is_copied(tmp_path: Path, mongo: str) -> None:
    from rec_api.outbox import Unit, Write
    from rec_api.outbox_file import OutboxFile

    home = tmp_path / "home"
    home.mkdir()
    with opened(mongo) as store:
        store.append(A, [{"_id": "forwarded", "day": DAYS[0]}])
        outbox = OutboxFile(home / "outbox.sqlite", store)
        outbox.commit([Unit((), Write("append", A, {"_id": "waiting", "day": DAYS[0]}))])
        outbox.close()
        target = tmp_path / "new.sqlite"
        copied = recwheel_json(home, "copy", "--to", str(target), REC_LOG_URL=mongo)
        assert copied["collections"][A]["rows"] == 2
        assert copied["set_aside"] == 0
        assert store.get(A, ["waiting"])
    with opened(f"sqlite:///{target}") as store:
        assert store.get(A, ["waiting"])
