"""A day that a blocking check held back: no later day is built on it, whoever made its traffic."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import dagster as dg
import pytest

from rec_assets.clusters.clusters import member_row
from rec_assets.commands.turn import why_failed
from rec_assets.complete_days import missing_days
from resources.records import COLLECTIONS, ClusterMember
from tests.rec_assets.live_rows import add_live_sessions
from tests.rec_assets.wheel import DAYS, Wheel, wheel

FIRST, HELD, NEXT = DAYS
SESSIONS = 60
REFUSED = f"serving_profiles of {HELD} is missing"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wheel]:
    """Three days of live sessions alone, the first of which stands and is served."""
    folder = tmp_path_factory.mktemp("held")
    with wheel(folder / "home", simulate="false") as of_people:
        with wheel(folder / "bots", sessions=SESSIONS, days=1) as bots:
            bots.complete(FIRST, only=("simulated_traffic",))
            for turn, day in enumerate(DAYS):
                numbers = range(turn * SESSIONS, (turn + 1) * SESSIONS)
                add_live_sessions(bots.store, of_people.store, day, numbers)
        of_people.complete(FIRST)
        yield of_people


def served_day(whole: Wheel) -> str:
    served = whole.cache.served_version()
    assert served is not None
    return served.day


def missing(whole: Wheel) -> list[str]:
    return missing_days(whole.store, date.fromisoformat(FIRST), date.fromisoformat(NEXT))


def turn_with_a_lost_member(whole: Wheel, day: str) -> dg.ExecuteInProcessResult:
    """The day with a J in which one user is in no cluster."""

    def mistaken(of_day: str, member: tuple[str, str, float]) -> ClusterMember:
        user, *rest = member
        return member_row(of_day, ("nobody" if user == "person-003" else user, *rest))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rec_assets.clusters.assets.member_row", mistaken)
        result = whole.turn(day)
    assert "1 × user of G in no cluster (person-003)" in why_failed(result)
    return result


def test_the_day_after_a_failed_j_is_refused_without_any_bot_and_redis_stays(live: Wheel) -> None:
    served = live.cache.dump()
    turn_with_a_lost_member(live, HELD)
    result = live.turn(NEXT)
    assert not result.success
    assert REFUSED in why_failed(result)
    assert "a blocking check held 2026-01-06 back" in why_failed(result)
    assert live.cache.dump() == served
    assert served_day(live) == FIRST
    assert live.store.count(COLLECTIONS["J"], {"day": NEXT}) == 0


def test_golden_data_of_the_day_after_is_made_all_the_same(live: Wheel) -> None:
    result = live.turn(NEXT)
    assert result.asset_materializations_for_node("golden_export")
    assert live.store.count(COLLECTIONS["H"], {"day": NEXT}) == SESSIONS


def test_once_overruled_the_next_day_goes_on(live: Wheel) -> None:
    live.complete(HELD, only=("serving_profiles", "wheel_report"))
    assert served_day(live) == HELD
    live.complete(NEXT)
    assert served_day(live) == NEXT


def test_a_day_that_stood_and_fails_when_it_is_redone_holds_later_days_back(live: Wheel) -> None:
    live.complete(HELD)
    assert missing(live) == []
    turn_with_a_lost_member(live, HELD)
    assert missing(live) == [HELD]
    assert REFUSED in why_failed(live.turn(NEXT))
    live.complete(HELD)
    live.complete(NEXT)
    assert missing(live) == []


def test_an_h_that_fails_when_it_is_redone_holds_later_days_back(live: Wheel) -> None:
    runs = [row for batch in live.store.scan(COLLECTIONS["B"], days=[HELD]) for row in batch]
    asked = live.store.get(COLLECTIONS["A"], [runs[0]["source_recommend_event_id"]])
    live.store.delete(COLLECTIONS["A"], {"_id": runs[0]["source_recommend_event_id"]})
    assert "chains_are_linked" in why_failed(live.turn(HELD))
    assert missing(live) == [HELD]
    assert REFUSED in why_failed(live.turn(NEXT))
    live.store.append(COLLECTIONS["A"], asked.values()).whole()
    live.complete(HELD)
    live.complete(NEXT)
