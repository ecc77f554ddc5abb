from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from rec_assets import manifests
from rec_assets.commands.turn import why_failed
from rec_assets.golden.rows import read_personas
from rec_assets.personas.stored import read_stored, write_stored
from rec_assets.traffic.drawn_from import keep_drawn_from, read_drawn_from
from resources.errors import SettingError
from resources.log_store import LogStore
from resources.records import COLLECTIONS, DRAWN_FROM, MANIFESTS
from resources.settings import Settings
from resources.sqlite_log_store import SqliteLogStore
from tests.rec_assets.traffic.people import personas
from tests.rec_assets.wheel import DAYS, Wheel, wheel

BEGUN = Settings(users=120, seed=2)
SHARES = (0.5, 0.3, 0.2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LogStore]:
    """Three personas stand; no bots were drawn yet."""
    opened = SqliteLogStore(tmp_path / "log.sqlite")
    people = zip(personas(), SHARES, strict=True)
    write_stored(opened, [replace(persona, share=share) for persona, share in people])
    yield opened
    opened.close()


@pytest.mark.parametrize("users", [60, 119, 150])
def test_with_another_number_of_users_the_bots_that_exist_keep_their_personas(
    store: LogStore, users: int
) -> None:
    keep_drawn_from(store, BEGUN)
    before = read_personas(store, BEGUN)
    assert len(before) == 120
    assert read_personas(store, Settings(users=users, seed=2)) == before


@pytest.mark.parametrize(
    ("users", "seed", "named"),
    [(150, 2, "REC_USERS 120, now it is 150"), (120, 3, "REC_SEED 2, now it is 3")],
)
def test_traffic_of_other_bots_under_the_same_ids_is_refused(
    store: LogStore, users: int, seed: int, named: str
) -> None:
    drawn = keep_drawn_from(store, BEGUN)
    with pytest.raises(SettingError, match=named):
        keep_drawn_from(store, Settings(users=users, seed=seed))
    assert keep_drawn_from(store, BEGUN) == drawn


def test_a_wheel_of_before_the_number_was_kept_takes_the_settings_of_now_once(
    store: LogStore,
) -> None:
    keep_drawn_from(store, BEGUN)
    store.delete(MANIFESTS, {})
    later = Settings(users=40, seed=5)
    assert read_drawn_from(store, later) == keep_drawn_from(store, later)
    with pytest.raises(SettingError, match="REC_USERS 40, now it is 120, REC_SEED 5, now it is 2"):
        keep_drawn_from(store, BEGUN)


def test_a_number_that_no_bots_can_be_drawn_from_is_not_kept(store: LogStore) -> None:
    with pytest.raises(SettingError, match="2 simulated users for 3 personas: REC_USERS"):
        keep_drawn_from(store, Settings(users=2, seed=2))
    assert read_drawn_from(store, BEGUN) is None
    assert keep_drawn_from(store, BEGUN).users == 120


def test_what_was_cut_short_before_any_bot_was_drawn_is_kept_anew(store: LogStore) -> None:
    keep_drawn_from(store, BEGUN)
    manifests.begin(store, DRAWN_FROM, "drawn")  # killed with one persona of three written
    write_stored(store, read_stored(store)[:1], DRAWN_FROM)
    assert len(keep_drawn_from(store, BEGUN).personas) == 3


def test_a_day_with_another_number_of_users_is_refused_and_golden_data_stays(
    tmp_path: Path,
) -> None:
    with wheel(tmp_path / "home", sessions=60, days=2) as whole:
        whole.complete(DAYS[0])
        before = golden_personas(tmp_path / "home")
        whole.environment = {**whole.environment, "REC_USERS": "30"}
        refused = why_failed(whole.turn(DAYS[1]))
        assert "drawn with REC_USERS 15, now it is 30" in refused
        assert of_day(whole, DAYS[1]) == 0
        whole.complete(DAYS[0], only=("golden_export",))
        assert golden_personas(tmp_path / "home") == before
        whole.environment = {**whole.environment, "REC_USERS": "15"}
        whole.complete(DAYS[1])
        assert of_day(whole, DAYS[1]) == 30


def of_day(whole: Wheel, day: str) -> int:
    return whole.store.count(COLLECTIONS["A"], {"day": day})


def golden_personas(home: Path) -> dict[str, str]:
    """The persona that the golden table of the first day gives each user."""
    table = pq.read_table(home / "golden" / f"day={DAYS[0]}" / "part-0.parquet")
    rows = table.select(["user_id", "persona"]).to_pylist()
    return {row["user_id"]: row["persona"] for row in rows}
