"""A day's sessions: who, when, in which order. Nothing here talks to the service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rec_assets.traffic.draws import generator
from rec_assets.traffic.population import BotUser

Ints = NDArray[np.int64]
DAY_MS: Final = 86_400_000
# Of a session, from the first word of the document to accept or reject (an assumption: exports
# hold no such time), and of the pause between two sessions of a sitting.
MEDIAN_MS, LOG_SD, LONGEST_MS = 75_000, 0.5, 600_000
PAUSE_MS: Final = 45_000


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """One session of a bot: all its calls lie in [start, end), milliseconds UTC, within `day`."""

    user_id: str
    day: str
    turn: int  # days since the wheel's first
    number: int  # of the user's sessions of the day, from 1, in order of time
    start: int
    end: int


def day_plan(
    users: Sequence[BotUser], day: str, sessions: int, seed: int, turn: int
) -> list[SessionPlan]:
    """Exactly `sessions` sessions, by user and number; a user's do not overlap or pass midnight.

    `turn` counts days since the wheel's first. Draws are keyed by it, not by the date: a seed gives
    the same traffic on whatever day it is begun.
    """
    if not users and sessions:
        raise ValueError(f"no simulated users for the {sessions} sessions of {day}")
    midnight = int(datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).timestamp())
    return [
        SessionPlan(user.user_id, day, turn, number, midnight * 1000 + start, midnight * 1000 + end)
        for user, count in zip(users, _allot(users, turn, sessions, seed), strict=True)
        for number, (start, end) in enumerate(_times(user, count, turn, seed), start=1)
    ]


def _allot(users: Sequence[BotUser], turn: int, sessions: int, seed: int) -> list[int]:
    """Multinomial over the users' activities."""
    if not users:
        return []
    weights = np.array([user.activity for user in users])
    counts = generator(seed, turn, "plan").multinomial(sessions, weights / weights.sum())
    return [int(count) for count in counts]


def _times(user: BotUser, count: int, turn: int, seed: int) -> list[tuple[int, int]]:
    """Starts and ends (ms after midnight): sittings begin by the user's hours, runs follow on."""
    if not count:
        return []
    draw = generator(seed, turn, user.user_id, "times")
    lengths = np.minimum(MEDIAN_MS * np.exp(draw.normal(0, LOG_SD, count)), LONGEST_MS)
    if lengths.sum() > 0.9 * DAY_MS:  # more sessions than fit: all of them shorter
        lengths *= 0.9 * DAY_MS / lengths.sum()
    sitting = np.cumsum(draw.random(count) < 1 / user.session_length)  # its number, for each run
    hours = draw.choice(24, size=count + 1, p=user.hours)
    wanted = np.sort((hours + draw.random(count + 1)) * 3_600_000)[sitting]
    pauses = draw.exponential(PAUSE_MS, count)
    starts = _in_order(wanted, lengths.astype(np.int64), pauses)
    return [
        (int(start), int(start + length))
        for start, length in zip(starts, lengths.astype(np.int64), strict=True)
    ]


def _in_order(wanted: NDArray[np.float64], lengths: Ints, pauses: NDArray[np.float64]) -> Ints:
    """Starts as wanted or after the run before and a pause; moved back where midnight is near."""
    starts = np.zeros(len(wanted), dtype=np.int64)
    free = 0.0
    for run, start in enumerate(wanted):
        starts[run] = int(max(start, free))
        free = starts[run] + lengths[run] + pauses[run]
    latest = DAY_MS - 1
    for run in reversed(range(len(starts))):
        starts[run] = min(starts[run], latest - lengths[run])
        latest = starts[run]
    return starts
