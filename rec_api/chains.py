"""What joins A, B, C and D: a step must name an earlier step of the same user and session."""

from __future__ import annotations

from typing import Any

from rec_api.problems import Problem
from resources.options import OPTION_INDEX, Option
from resources.records import COLLECTIONS, Row
from resources.row_keys import day_of, shard_of

A, B, C, D = (COLLECTIONS[letter] for letter in "ABCD")
E, K, L = (COLLECTIONS[letter] for letter in "EKL")
MADE = COLLECTIONS["I"]


def common(user_id: str, created_at: int, day: str, origin: str) -> dict[str, Any]:
    """The fields that every record of a user carries, but its id."""
    return {
        "user_id": user_id,
        "created_at": created_at,
        "day": day,
        "arrived_on": day_of(created_at),
        "shard": shard_of(user_id),
        "origin": origin,
    }


def check_link(row: Row | None, user_id: str, session_id: str, field: str, call: str) -> Row:
    """The earlier row when it is this user's and session's; 409 when it is missing, else 404."""
    if row is None:
        raise Problem(409, f"{field} is of no event that is known here: {call} comes first", field)
    if row["user_id"] != user_id:
        raise Problem(404, f"{field} is of no event of this user", field)
    if row["recommend_session_id"] != session_id:
        sentence = f"recommend_session_id is not the session of {field}: send the one {call} gave"
        raise Problem(404, sentence, "recommend_session_id")
    return row


def check_same(row: Row, field: str, value: str) -> None:
    """409 when an id in the request is not the one in the chain."""
    if row[field] != value:
        sentence = f"{field} is not the one of this chain: send the one you were given"
        raise Problem(409, sentence, field)


def slate_position(event: Row, option: Option) -> int | None:
    """Where the option stands in A's slate; None when the person chose another."""
    assert option in OPTION_INDEX
    for position, shown in enumerate(event["reco_options"]):
        if (shown["category"], shown["intensity"], shown["language"]) == tuple(option):
            return position
    return None
