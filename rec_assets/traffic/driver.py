"""Bots against the service: users side by side, each user's sessions in order.

aiohttp rather than httpx: httpx scans its whole pool on every request (notes/serving.md).
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import orjson

from rec_assets.traffic.plan import SessionPlan
from rec_assets.traffic.population import BotUser
from rec_assets.traffic.session import Body, Call, Outcome, play
from rec_assets.traffic.writing import Shelf
from resources.errors import Away, Mendable
from resources.records import Row

TRIES: Final = 5
FIRST_WAIT_S: Final = 0.2  # doubled after every try: three seconds in all
TIMEOUT_S: Final = 60.0


class TrafficError(Mendable, RuntimeError):
    """The service refused a bot; the run stops."""


class ServiceSilent(TrafficError, Away):
    """The service does not answer, or with 5xx, however often it is asked; the run stops."""


@dataclass(frozen=True, slots=True)
class DayTraffic:
    """What a day's sessions came to. `endings` sums to `sessions`; `wishes` by `_id`."""

    day: str
    sessions: int
    endings: dict[str, int]  # left, rejected, accepted, edited
    changed: int  # sessions that ran an option that was not shown
    wishes: list[Row]

    @property
    def funnel(self) -> dict[str, float]:
        """Sessions that were answered (A), ran a rewrite (B), took one (C)."""
        ran = self.sessions - self.endings["left"]
        taken = self.endings["accepted"] + self.endings["edited"]
        return {"A recommended": self.sessions, "B rewritten": ran, "C accepted": taken}

    @property
    def accept_rate(self) -> float:
        """Share of the rewrites of which something was taken; 0 without any."""
        _, ran, taken = self.funnel.values()
        return taken / ran if ran else 0.0


def run_day(
    plan: Sequence[SessionPlan],
    users: Iterable[BotUser],
    *,
    base_url: str,
    api_key: str,
    shelf: Shelf,
    seed: int,
    concurrency: int,
    progress: Callable[[int], None] = lambda done: None,
) -> DayTraffic:
    """Play the plan of one day; TrafficError at the first answer that a retry cannot mend.

    `progress` gets the number of sessions finished since it was last called. A repeat of the same
    plan sends the same requests with the same Idempotency-Keys: nothing is doubled.
    """
    by_user: dict[str, list[SessionPlan]] = defaultdict(list)
    for session in plan:
        by_user[session.user_id].append(session)
    bots = {user.user_id: user for user in users}
    day = _Day(base_url.rstrip("/"), api_key, shelf, seed, progress)
    outcomes = asyncio.run(day.play(by_user, bots, concurrency))
    return _sum_up(plan[0].day if plan else "", outcomes, bots)


@dataclass(frozen=True, slots=True)
class _Day:
    base_url: str
    api_key: str
    shelf: Shelf
    seed: int
    progress: Callable[[int], None]

    async def play(
        self, by_user: dict[str, list[SessionPlan]], bots: dict[str, BotUser], concurrency: int
    ) -> list[Outcome]:
        # Longest first: the day ends with short ones, so that all workers end together.
        waiting = sorted(by_user, key=lambda user: (-len(by_user[user]), user), reverse=True)
        outcomes: list[Outcome] = []
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=concurrency),
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
            headers={"X-API-Key": self.api_key, "Content-Type": "application/json"},
        ) as client:

            async def worker() -> None:
                while waiting:
                    user = waiting.pop()
                    for session in by_user[user]:
                        call = self._caller(client, session)
                        outcomes.append(
                            await play(bots[user], session, self.shelf, self.seed, call)
                        )
                        self.progress(1)

            await _together([worker() for _ in range(max(1, min(concurrency, len(waiting))))])
        return outcomes

    def _caller(self, client: aiohttp.ClientSession, session: SessionPlan) -> Call:
        async def call(step: str, method: str, path: str, body: Body) -> Body:
            key = f"{self.seed}/{session.day}/{session.user_id}/{session.number}/{step}"
            return await _send(client, method, self.base_url + path, body, key)

        return call


async def _together(workers: list[Any]) -> None:
    """Run them all; at the first failure stop the others and raise it."""
    try:
        async with asyncio.TaskGroup() as group:
            for worker in workers:
                group.create_task(worker)
    except ExceptionGroup as failures:  # raised within `except*`, 3.11.2 would wrap it again
        raise failures.exceptions[0] from None


async def _send(client: aiohttp.ClientSession, method: str, url: str, body: Body, key: str) -> Body:
    """The answer; connection errors and 5xx are tried again with the same key."""
    reason, data, headers = "", orjson.dumps(body), {"Idempotency-Key": key}
    for attempt in range(TRIES):
        if attempt:
            await asyncio.sleep(FIRST_WAIT_S * 2 ** (attempt - 1))
        try:
            async with client.request(method, url, data=data, headers=headers) as answer:
                if answer.status < 400:
                    return await _json(answer, method, url)
                reason = f"answered {answer.status}{await _detail(answer)}"
                if answer.status < 500:
                    raise TrafficError(f"{method} {url} {reason} ({key}): the simulation stops")
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
            reason = f"failed: {type(error).__name__}"
    raise ServiceSilent(
        f"{method} {url} {reason}, {TRIES} times ({key}): is the service up? Starting the day "
        "again repeats nothing that is stored"
    )


async def _json(answer: aiohttp.ClientResponse, method: str, url: str) -> Body:
    if answer.status == 204:
        return {}
    try:
        body: Body = orjson.loads(await answer.read())
    except ValueError:
        raise TrafficError(f"{method} {url} answered {answer.status} but no JSON") from None
    return body


async def _detail(answer: aiohttp.ClientResponse) -> str:
    """The service's own sentence, if it gave one. A list (422) may hold the text sent: left out."""
    try:
        detail = (await answer.json()).get("detail")
    except (aiohttp.ContentTypeError, ValueError, AttributeError):
        return ""
    return f": {detail[:200]}" if isinstance(detail, str) else ""


def _sum_up(day: str, outcomes: Sequence[Outcome], bots: dict[str, BotUser]) -> DayTraffic:
    rows = [_wish(outcome, bots[outcome.plan.user_id]) for outcome in outcomes]
    endings = Counter(outcome.ending for outcome in outcomes)
    changed = sum(outcome.ending != "left" and outcome.position is None for outcome in outcomes)
    return DayTraffic(
        day,
        len(outcomes),
        {ending: endings[ending] for ending in ("left", "rejected", "accepted", "edited")},
        changed,
        sorted(rows, key=lambda row: str(row["_id"])),
    )


def _wish(outcome: Outcome, user: BotUser) -> Row:
    """A row of `simulated_wishes`: what evaluation alone may read."""
    return {
        "_id": outcome.recommend_session_id,
        "day": outcome.plan.day,
        "user_id": user.user_id,
        "persona": user.persona,
        **outcome.wish.option._asdict(),
        "text_language": outcome.wish.text_language,
    }
