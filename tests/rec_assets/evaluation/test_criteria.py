from __future__ import annotations

import json

from rec_assets.evaluation.criteria import ChainCounts, count_chains, exit_criteria
from rec_assets.evaluation.judgement import JUDGED_FROM, JudgeText, Served, judge
from rec_assets.evaluation.page import page
from rec_assets.personas.persona_checks import complete
from rec_assets.traffic.population import draw_users
from resources.context_pool import Context
from resources.preferences import Evidence, ServedProfile
from tests.rec_assets.traffic.people import entry


def run(of: str, own: str) -> dict[str, object]:
    return {"_id": own, "source_recommend_event_id": of}


def selection(of: str, accepted: bool) -> dict[str, object]:
    return {"_id": f"c-{of}", "source_paraphrase_event_id": of, "accepted": accepted}


def test_a_chain_is_complete_with_a_b_and_its_c() -> None:
    runs = [run("a1", "b1"), run("a2", "b2"), run("a2", "b3")]
    counts = count_chains(["a1", "a2", "a3"], runs, [selection("b1", True), selection("b3", False)])
    assert (counts.recommendations, counts.runs, counts.selections) == (3, 3, 2)
    assert (counts.complete, counts.rejected) == (2, 1)
    assert (counts.orphan_runs, counts.orphan_selections) == (0, 0)


def test_orphans_are_counted_and_complete_nothing() -> None:
    counts = count_chains(
        ["a1"], [run("gone", "b1")], [selection("b1", True), selection("b9", True)]
    )
    assert (counts.complete, counts.orphan_runs, counts.orphan_selections) == (0, 1, 2)


def test_where_nobody_is_judged_the_figures_are_json() -> None:
    figures = exit_criteria(ChainCounts(), {}, [], [], 1)
    assert figures["persona_first_of_ceiling"] is None
    json.dumps(figures, allow_nan=False)


def test_who_has_no_text_to_ask_with_is_counted_and_not_judged() -> None:
    none = Context("Dear …", "email", "en")  # nobody's category in its language
    thesis = Context("본 연구는 …", "thesis", "ko")
    personas = complete([entry("scholar", "thesis", "weak"), entry("clerk", "email", "weak")])
    users = draw_users(personas, 8, seed=1)
    profile = ServedProfile(Evidence.none(), "2026-01-05", None, 0.9, JUDGED_FROM)
    served = Served(None, {user.user_id: profile for user in users}, "ko")
    read = list[Context]()

    def reading(of: Context) -> JudgeText:
        read.append(of)
        return JudgeText(of.text, of.category, of.language, None, of.language)

    verdicts = judge(users, personas, [none, thesis], reading, served, 1)
    assert read == [thesis]  # once, and no other
    figures = exit_criteria(ChainCounts(), {}, personas, verdicts, 1)
    clerks = sum(user.persona == "clerk" for user in users)
    assert 0 < clerks < 8
    assert figures["users_without_text"] == {"clerk": clerks}
    assert figures["users_judged_by_persona"] == {"scholar": 8 - clerks}
    assert set(figures["most_frequent_first"]) == {"scholar"}
    assert f"clerk {clerks}." in page("2026-01-05", figures, {})


def test_where_nobody_is_judged_no_share_is_a_number() -> None:
    figures = exit_criteria(ChainCounts(), {}, [], [], 1)
    assert figures["persona_first_of_ceiling"] is None
    assert figures["persona_first"] == {"value": None, "low": None, "high": None}
