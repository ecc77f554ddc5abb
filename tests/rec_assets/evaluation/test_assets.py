"""The report of a day on a real wheel, made on that day and again when later days stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rec_assets.evaluation.stored import profiles_on
from resources.log_store import LogStore
from resources.records import COLLECTIONS
from resources.sqlite_log_store import SqliteLogStore
from tests.rec_assets.wheel import DAYS, Wheel, wheel

FIRST, SECOND, _ = DAYS
CELLS = [[0, 0, 1, 0, 1, 1]]


def test_the_report_of_an_earlier_day_made_again_tells_what_it_told_on_that_day(
    tmp_path: Path,
) -> None:
    with wheel(tmp_path / "home", sessions=300, days=2) as whole:
        path = tmp_path / "home" / "reports" / f"{FIRST}.html"
        own, own_page = reported(whole, FIRST), told(path)
        later = reported(whole, SECOND)
        again = reported(whole, FIRST, only=("wheel_report",))
        assert (own["chains"], own["profiles"]["H"]) == (150, 150)
        assert (later["chains"], later["profiles"]["H"]) == (300, 300)
        assert later["users_judged"] > own["users_judged"] > 0
        assert again == own
        assert told(path) == own_page


def reported(whole: Wheel, day: str, only: tuple[str, ...] = ()) -> dict[str, Any]:
    """The figures of the day's report, made with its day or alone."""
    result = whole.turn(day, only=only)
    (made,) = result.asset_materializations_for_node("wheel_report")
    figures: dict[str, Any] = made.metadata["exit_criteria"].value
    return figures


def told(path: Path) -> str:
    """The page without its pictures, of which that of the personas is as of now."""
    return path.read_text("utf-8").split("<p><img")[0]


def test_a_user_counts_from_the_first_day_with_evidence_and_folded_days_count_always(
    tmp_path: Path,
) -> None:
    store: LogStore = SqliteLogStore(tmp_path / "log.sqlite")
    days = {"u1": [FIRST, SECOND], "u2": [SECOND], "u3": [FIRST]}
    rows = [
        {"_id": user, "day": of[-1], "evidence": dict.fromkeys(of, CELLS), "base": None}
        for user, of in days.items()
    ]
    folded = {"_id": "u4", "day": SECOND, "evidence": {SECOND: CELLS}, "base": {"day": FIRST}}
    store.append(COLLECTIONS["G"], [*rows, folded]).whole()
    store.append(COLLECTIONS["H"], [{"_id": f"h{n}", "day": DAYS[n]} for n in range(3)]).whole()
    assert profiles_on(store, FIRST) == {"H": 1, "G": 3}
    assert profiles_on(store, SECOND) == {"H": 2, "G": 4}
    store.close()
