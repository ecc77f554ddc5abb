from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from rec_assets.traffic import driver
from rec_assets.traffic.driver import DayTraffic, TrafficError, run_day
from rec_assets.traffic.plan import day_plan
from rec_assets.traffic.population import draw_users
from rec_assets.traffic.writing import Shelf
from tests.rec_assets.traffic.people import personas, texts
from tests.rec_assets.traffic.service import Recorder, serving

USERS = draw_users(personas(), 9, 7)
PLAN = day_plan(USERS, "2025-01-02", 40, 7, 0)


def run(recorder: Recorder, concurrency: int = 4, **more: Any) -> DayTraffic:
    with serving(recorder.app) as url:
        return run_day(
            PLAN, USERS, base_url=url, api_key="k", shelf=Shelf(texts()), seed=7,
            concurrency=concurrency, **more,
        )  # fmt: skip


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "FIRST_WAIT_S", 0.001)


def test_requests_and_results_are_the_same_whatever_the_concurrency() -> None:
    one, many = Recorder(), Recorder()
    assert run(one, concurrency=1) == run(many, concurrency=8)
    assert one.requests == many.requests
    assert one.most_open == 1 < many.most_open <= 8


def test_a_users_sessions_run_in_order_and_every_call_has_its_key() -> None:
    recorder = Recorder()
    run(recorder, concurrency=8)
    assert recorder.keys == {"k"}
    for user in USERS:
        own = [key.split("/") for key in recorder.order if f"/{user.user_id}/" in key]
        steps = ["document", "recommend", "paraphrase", "log"]
        places = [(int(number), steps.index(step)) for _, _, _, number, step in own]
        assert all(before < after for before, after in pairwise(places))
        assert all(key[:2] == ["7", "2025-01-02"] for key in own)


def test_every_session_is_counted_and_its_wish_kept() -> None:
    finished: list[int] = []
    day = run(Recorder(), progress=finished.append)
    assert sum(finished) == day.sessions == len(day.wishes) == sum(day.endings.values()) == 40
    assert day.wishes == sorted(day.wishes, key=lambda row: row["_id"])
    assert set(day.wishes[0]) == {
        "_id", "day", "user_id", "persona", "category", "intensity", "language", "text_language",
    }  # fmt: skip


def test_a_busy_service_is_asked_again_with_the_same_key() -> None:
    calm, busy = Recorder(), Recorder(failures=4)
    assert run(calm) == run(busy)
    assert calm.requests == busy.requests


def test_a_refusal_stops_the_run_with_a_sentence() -> None:
    with pytest.raises(TrafficError, match=r"/paraphrase answered 404: no such session .*stops"):
        run(Recorder(refuse="/paraphrase"))


def test_a_service_that_stays_busy_stops_the_run() -> None:
    with pytest.raises(TrafficError, match="answered 503: busy, 5 times"):
        run(Recorder(failures=10_000))


def test_a_service_that_is_away_stops_the_run() -> None:
    with serving(Recorder().app) as url:
        pass
    with pytest.raises(TrafficError, match="is the service up"):
        run_day(PLAN, USERS, base_url=url, api_key="k", shelf=Shelf(texts()), seed=7, concurrency=2)


def test_a_day_without_sessions_is_a_day() -> None:
    day = run_day(
        [], USERS, base_url="http://none", api_key="k", shelf=Shelf([]), seed=7, concurrency=2
    )
    assert (day.sessions, day.wishes) == (0, [])


def test_a_days_funnel_narrows_and_gives_the_accept_rate() -> None:
    endings = {"left": 2, "rejected": 3, "accepted": 4, "edited": 1}
    day = DayTraffic("2026-01-05", 10, endings, 0, [])
    assert list(day.funnel.values()) == [10, 8, 5]
    assert day.accept_rate == 5 / 8


def test_a_day_on_which_everybody_left_has_an_accept_rate_of_zero() -> None:
    endings = {"left": 2, "rejected": 0, "accepted": 0, "edited": 0}
    assert DayTraffic("2026-01-05", 2, endings, 0, []).accept_rate == 0
