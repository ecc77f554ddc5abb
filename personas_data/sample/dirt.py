"""What is wrong with a real export, in stated numbers."""

from __future__ import annotations

import random
from typing import Any, Final

Row = dict[str, Any]

# How many rows of each; the README and the test state the same.
EVENT_DIRT: Final = {
    "user_id null beside a known distinct_id": 300,
    "late": 180,
    "without any user": 24,
    "unknown event": 60,
    "unknown category": 14,
    "repeated insert_id": 120,
}
HISTORY_DIRT: Final = {"without any user": 6, "unknown category": 8}
_DAY_MS: Final = 86_400_000
_UNKNOWN_EVENTS: Final = ("hover_share_button", "ai_detector_run")


def dirty_events(rows: list[Row], seed: int) -> list[Row]:
    """The rows with the dirt in, in the order in which the collector received them."""
    rng = random.Random(f"{seed}/dirt")
    ordered = sorted(rows, key=_received)
    accounts = [row for row in ordered if row["user_id"]]
    for row in _some(rng, accounts, "user_id null beside a known distinct_id"):
        row["user_id"] = None
    for row in _some(rng, ordered, "late"):
        row["mp_api_timestamp_ms"] += rng.randrange(1, 9) * _DAY_MS + rng.randrange(_DAY_MS)
    visits = [row for row in ordered if "field" not in row]
    for row in _some(rng, visits, "without any user"):
        row.update(user_id=None, distinct_id=None, device_id=None)
    runs = [row for row in ordered if "field" in row and "index" not in row]
    for row in _some(rng, runs, "unknown category"):
        row["field"] = "poem"
    known = [row for row in visits if row["device_id"]]
    others = [_renamed(rng, row) for row in _some(rng, known, "unknown event")]
    repeated = [_again(rng, row) for row in _some(rng, ordered, "repeated insert_id")]
    return sorted([*ordered, *others, *repeated], key=_received)


def dirty_histories(rows: list[Row], seed: int) -> list[Row]:
    """The correction histories with the dirt in, by time."""
    rng = random.Random(f"{seed}/history dirt")
    ordered = sorted(rows, key=lambda row: (row["created_at"], row["_id"]))
    spoilt = rng.sample(ordered, sum(HISTORY_DIRT.values()))
    for row in spoilt[: HISTORY_DIRT["without any user"]]:
        row["user"] = None
    for row in spoilt[HISTORY_DIRT["without any user"] :]:
        row["field"] = "poem"
    return ordered


def _received(row: Row) -> tuple[int, str]:
    return row["mp_api_timestamp_ms"], row["insert_id"]


def _some(rng: random.Random, rows: list[Row], what: str) -> list[Row]:
    return rng.sample(rows, EVENT_DIRT[what])


def _renamed(rng: random.Random, row: Row) -> Row:
    second = row["time"] + rng.randrange(1, 30)
    return {
        **row,
        "event": rng.choice(_UNKNOWN_EVENTS),
        "insert_id": f"{rng.getrandbits(64):016x}",
        "time": second,
        "mp_api_timestamp_ms": second * 1000 + 300,
    }


def _again(rng: random.Random, row: Row) -> Row:
    """The client sent the event a second time: same insert_id, received later."""
    return {**row, "mp_api_timestamp_ms": row["mp_api_timestamp_ms"] + rng.randrange(50, 90_000)}
