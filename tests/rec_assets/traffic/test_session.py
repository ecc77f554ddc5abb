from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from rec_assets.traffic.draws import generator
from rec_assets.traffic.plan import day_plan
from rec_assets.traffic.population import draw_users
from rec_assets.traffic.session import Body, Outcome, draw_wish, judge, play
from rec_assets.traffic.writing import Shelf
from resources.options import Option
from tests.rec_assets.traffic.people import personas, texts
from tests.rec_assets.traffic.service import SLATE

USERS = draw_users(personas(), 9, 7)
SHELF = Shelf(texts())
PLAN = day_plan(USERS, "2025-01-02", 60, 7, 0)


def played(number: int, slate: list[dict[str, Any]] = SLATE) -> tuple[Outcome, dict[str, Body]]:
    sent: dict[str, Body] = {}

    async def call(step: str, method: str, path: str, body: Body) -> Body:
        sent[step] = {**body, "path": f"{method} {path}"}
        return {
            "insert_id": step, "recommend_session_id": "session", "reco_options": slate,
            "correction_history_id": "D", "candidates": ["one.", "two."],
        }  # fmt: skip

    plan = PLAN[number]
    user = next(user for user in USERS if user.user_id == plan.user_id)
    return asyncio.run(play(user, plan, SHELF, 7, call)), sent


def test_a_session_asks_about_a_text_of_its_own_document() -> None:
    _, sent = played(0)
    assert sent["document"]["path"] == f"PUT /documents/{sent['recommend']['doc_id']}"
    assert sent["recommend"]["selected_text"] in sent["document"]["text"]
    assert sent["recommend"]["origin"] == "simulation"


@pytest.mark.parametrize("number", range(40))
def test_the_calls_of_a_session_follow_on_from_each_other(number: int) -> None:
    outcome, sent = played(number)
    times = [body["created_at"] for body in sent.values()]
    assert times == sorted(times)
    assert outcome.plan.start <= times[0] <= times[-1] < outcome.plan.end
    assert (outcome.ending == "left") == ("paraphrase" not in sent)
    if "log" in sent:
        log = sent["log"]
        assert log["source_recommend_event_id"] == "recommend"
        assert log["source_paraphrase_event_id"] == "paraphrase"
        assert log["accepted"] == (outcome.ending in ("accepted", "edited"))
        assert ("edited_text" in log) == (outcome.ending == "edited")


def test_what_is_run_was_shown_or_is_the_wish() -> None:
    for number in range(40):
        outcome, sent = played(number)
        if outcome.ending == "left":
            continue
        run = Option(*(sent["paraphrase"][word] for word in ("category", "intensity", "language")))
        shown = [Option(o["category"], o["intensity"], o["language"]) for o in SLATE]
        if outcome.position is None:
            assert run == outcome.wish.option
        else:
            assert run == shown[outcome.position]


def test_an_empty_list_is_left_or_changed() -> None:
    assert all(played(number, [])[0].position is None for number in range(20))


def test_no_candidate_is_a_rejection() -> None:
    option = Option("thesis", "strong", "ko")
    assert judge(USERS[0], option, option, {"candidates": []}, generator(1)) == {"accepted": False}


def test_wishes_follow_the_tastes() -> None:
    user = USERS[0]
    wishes = [draw_wish(user, SHELF, generator(n)).option.category for n in range(2000)]
    assert np.mean([w == "thesis" for w in wishes]) == pytest.approx(user.category[0], abs=0.04)


def test_a_category_without_texts_is_an_error_that_says_so() -> None:
    with pytest.raises(ValueError, match="holds no"):
        draw_wish(USERS[0], Shelf([]), generator(1))


def test_prompts_are_sent_at_the_personas_rate() -> None:
    users = draw_users(personas(prompts=["Shorter."], prompt_rate=1.0), 9, 7)
    assert all(user.prompts == ("Shorter.",) and user.prompt_rate == 1.0 for user in users)
