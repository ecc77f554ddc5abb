"""One session of a bot: write, ask, choose, rewrite, judge. All it knows comes over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from rec_assets.traffic.choice import Decision, accept_chance, candidate_index, change_rate, decide
from rec_assets.traffic.draws import Draws, pick
from rec_assets.traffic.plan import SessionPlan
from rec_assets.traffic.population import BotUser
from rec_assets.traffic.writing import Document, Shelf, retouch
from resources.errors import SettingError
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES, Option

LIMIT: Final = 5  # options asked for
# Call(step, method, path, body) → the answer.
Body = dict[str, Any]
Call = Callable[[str, str, str, Body], Awaitable[Body]]
_SHARES: Final = (8.0, 3.0, 5.0, 1.0)  # Dirichlet: writing, reading the list, judging, leaving


class Wish(NamedTuple):
    """What the bot wants of this session, and the language it writes in."""

    option: Option
    text_language: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a session. `ending`: left, rejected, accepted or edited (and accepted)."""

    plan: SessionPlan
    recommend_session_id: str
    wish: Wish
    ending: str
    position: int | None  # of what was taken; None: left or changed


class Times(NamedTuple):
    """When the four calls are made, milliseconds UTC."""

    document: int
    recommend: int
    paraphrase: int
    log: int


def draw_wish(user: BotUser, shelf: Shelf, draw: np.random.Generator) -> Wish:
    """Category, intensity and languages by the user's tastes, among languages the pool has."""
    category = pick(draw, user.category)
    intensity = pick(draw, user.intensity_by_category[category])
    weights = user.text_language * shelf.languages(CATEGORIES[category])
    if weights.sum() <= 0:
        raise SettingError(
            f"the bots' part of the context pool holds no {CATEGORIES[category]} text in a "
            f"language that {user.user_id} writes: add some to REC_CONTEXTS"
        )
    text = pick(draw, weights / weights.sum())
    language = pick(draw, user.language_by_text_language[text])
    wish = Option(CATEGORIES[category], INTENSITIES[intensity], LANGUAGES[language])
    return Wish(wish, LANGUAGES[text])


async def play(user: BotUser, plan: SessionPlan, shelf: Shelf, seed: int, call: Call) -> Outcome:
    """The whole session; what `call` raises passes through."""
    draws = Draws(seed, plan.turn, user.user_id, plan.number)
    wish = draw_wish(user, shelf, draws("wish"))
    document = shelf.compose(
        wish.option.category, wish.text_language, user.text_length, draws("document")
    )
    times = _times(plan, draws("times"))
    asked = await _ask(user, plan, document, times, call)
    slate = [Option(o["category"], o["intensity"], o["language"]) for o in asked["reco_options"]]
    decision = decide(slate, wish.option, user.choice, change_rate(user), draws("choice"))
    ending = "left"
    if decision.option is not None:
        rewritten = await call(
            "paraphrase", "POST", "/paraphrase",
            _order(user, asked, document, decision, times.paraphrase, draws("prompt")),
        )  # fmt: skip
        verdict = judge(user, wish.option, decision.option, rewritten, draws("accept"))
        ending = "edited" if "edited_text" in verdict else "accepted"
        ending = ending if verdict["accepted"] else "rejected"
        await call("log", "POST", "/log", _judged(user, asked, rewritten, verdict, times.log))
    return Outcome(plan, asked["recommend_session_id"], wish, ending, decision.position)


def judge(
    user: BotUser, wish: Option, executed: Option, rewritten: Body, draw: np.random.Generator
) -> Body:
    """`accepted`, and if so `selected_index` and, where the user retouches it, `edited_text`."""
    candidates = rewritten["candidates"]
    if not candidates or draw.random() >= accept_chance(executed, wish, user):
        return {"accepted": False}
    index = candidate_index(len(candidates), user.choice, draw)
    verdict: Body = {"accepted": True, "selected_index": index}
    if draw.random() < user.edit_rate:
        verdict["edited_text"] = retouch(_text(candidates[index]))
    return verdict


async def _ask(
    user: BotUser, plan: SessionPlan, document: Document, times: Times, call: Call
) -> Body:
    """Put the document, then ask for recommendations; the answer of the latter."""
    doc_id = f"doc-{plan.day}-{plan.number}"
    put: Body = {"user_id": user.user_id, "text": document.text, "created_at": times.document}
    await call("document", "PUT", f"/documents/{doc_id}", put)
    return await call("recommend", "POST", "/recommend", {
        "user_id": user.user_id,
        "doc_id": doc_id,
        "selected_text": document.selected,
        "context_prev": document.before,
        "context_next": document.after,
        "created_at": times.recommend,
        "origin": "simulation",
        "limit": LIMIT,
    })  # fmt: skip


def _order(
    user: BotUser, asked: Body, document: Document, decision: Decision, at: int,
    draw: np.random.Generator,
) -> Body:  # fmt: skip
    assert decision.option is not None
    body: Body = {
        "user_id": user.user_id,
        "recommend_session_id": asked["recommend_session_id"],
        "source_recommend_event_id": asked["insert_id"],
        "selected_text": document.selected,
        **decision.option._asdict(),
        "created_at": at,
    }
    if user.prompts and draw.random() < user.prompt_rate:
        body["user_prompt"] = user.prompts[int(draw.integers(len(user.prompts)))]
    return body


def _judged(user: BotUser, asked: Body, rewritten: Body, verdict: Body, at: int) -> Body:
    return {
        "event": "editor_selected_paraphrasing",
        "user_id": user.user_id,
        "recommend_session_id": asked["recommend_session_id"],
        "source_recommend_event_id": asked["insert_id"],
        "source_paraphrase_event_id": rewritten["insert_id"],
        "correction_history_id": rewritten["correction_history_id"],
        **verdict,
        "created_at": at,
    }


def _times(plan: SessionPlan, draw: np.random.Generator) -> Times:
    writing, reading, judging, _ = np.cumsum(draw.dirichlet(_SHARES)) * (plan.end - plan.start)
    return Times(*(plan.start + int(after) for after in (0, writing, reading, judging)))


def _text(candidate: Any) -> str:
    """Candidates come as texts, or as objects with one."""
    return candidate if isinstance(candidate, str) else str(candidate["text"])
