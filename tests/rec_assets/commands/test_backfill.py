"""`recwheel backfill`: a range of days, in order, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rec_assets.personas.persona import read_personas
from rec_assets.personas.stored import write_stored
from resources.embedded_redis import embedded_redis
from resources.log_store import open_log_store
from resources.profile_cache import ProfileCache
from resources.settings import WHEEL_FILE
from tests.rec_assets.command_line import recwheel, recwheel_json
from tests.rec_assets.few_contexts import few_contexts
from tests.rec_assets.wheel import persona_file

DAYS = ["2026-01-05", "2026-01-06", "2026-01-07"]


class Home:
    """A REC_HOME with three personas, three days of thirty sessions asked for."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "home"
        self.path.mkdir()
        store = open_log_store(f"sqlite:///{self.path / 'recwheel.sqlite'}")
        write_stored(store, read_personas(persona_file(self.path)))
        store.close()
        self.settings = {
            "REC_DAYS": "3", "REC_SESSIONS": "90", "REC_USERS": "15", "REC_SEED": "3",
            "REC_CONTEXTS": str(few_contexts(folder)),
        }  # fmt: skip

    def backfill(self, first: str, last: str) -> list[str]:
        words = ("backfill", "--from", first, "--to", last)
        turned: list[str] = recwheel_json(self.path, *words, **self.settings)["turned"]
        return turned

    def refusal(self, first: str, last: str) -> str:
        done = recwheel(self.path, "backfill", "--from", first, "--to", last, **self.settings)
        assert done.returncode != 0
        return " ".join(done.stderr.replace("│", " ").split())

    def state(self) -> tuple[dict[str, str], dict[bytes, bytes]]:
        with embedded_redis(self.path) as url:
            cache = ProfileCache(url)
            served = cache.dump()
            cache.close()
        digests: dict[str, str] = recwheel_json(self.path, "status", **self.settings)["digests"]
        return digests, served


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("backfill"))


def test_without_a_range_every_day_from_the_first_to_yesterday_is_meant(tmp_path: Path) -> None:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    done = recwheel(tmp_path, "backfill", REC_START=(yesterday + timedelta(days=1)).isoformat())
    words = " ".join(done.stderr.replace("│", " ").split())
    assert f"--to {yesterday} is before --from {yesterday + timedelta(days=1)}" in words


def test_the_range_is_turned_in_order_and_a_second_time_nothing_changes(home: Home) -> None:
    assert home.backfill(DAYS[0], DAYS[0]) == DAYS[:1]
    assert home.backfill(DAYS[0], DAYS[2]) == DAYS[1:]
    before = home.state()
    whole = ("backfill", "--from", DAYS[0], "--to", DAYS[2])
    said = recwheel(home.path, *whole, **home.settings).stdout
    assert f"every day from {DAYS[0]} to {DAYS[2]} is complete: nothing to do" in said
    assert home.state() == before


def test_a_range_that_leaves_a_gap_names_the_day_to_begin_with(home: Home) -> None:
    assert "begin with --from 2026-01-08" in home.refusal("2026-01-11", "2026-01-12")


def test_a_range_before_the_wheel_or_backwards_or_not_over_yet_is_refused(home: Home) -> None:
    assert "the wheel begins on 2026-01-05" in home.refusal("2026-01-01", "2026-01-06")
    assert "is before --from" in home.refusal("2026-01-08", "2026-01-06")
    assert "is not over yet" in home.refusal("2026-01-05", "2999-01-01")


def test_without_personas_it_says_what_to_load_and_another_first_day_may_be_named_then(
    tmp_path: Path,
) -> None:
    for first in (DAYS[1], DAYS[0]):
        said = recwheel(tmp_path / "empty", "backfill", "--from", first, "--to", DAYS[1]).stderr
        assert "load a raw export" in " ".join(said.split())
        assert not (tmp_path / "empty" / WHEEL_FILE).exists()
