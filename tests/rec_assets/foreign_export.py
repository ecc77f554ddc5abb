"""An export of another make: other people, other keys, some nested, other events beside ours."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, Final

TRADES: Final = (
    ("thesis", "strong"), ("email", "moderate"), ("marketing", "strong"),
    ("customer_service", "weak"), ("report", "moderate"), ("article", "weak"),
)  # fmt: skip
START: Final = 1_767_225_600  # 2026-01-01, unix seconds


def write_foreign_export(path: Path, people: int = 240, seed: int = 5) -> None:
    """JSON lines of `people` with six trades, about twenty runs each, spelt as no sample row is."""
    draw = random.Random(seed)
    with path.open("w", encoding="utf-8") as file:
        for number in range(people):
            for row in _events_of(draw, f"member-{number:04d}", TRADES[number % len(TRADES)]):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _events_of(draw: random.Random, user: str, trade: tuple[str, str]) -> list[dict[str, Any]]:
    second = START + draw.randrange(0, 60 * 86_400)
    rows = [_event(draw, "Panel Viewed", user, second, {})]
    for _ in range(12 + draw.randrange(16)):
        second += 60 + draw.randrange(0, 40_000)
        usual = draw.random() < 0.75
        category = trade[0] if usual else draw.choice(["general", "email", "report"])
        intensity = (
            trade[1] if draw.random() < 0.65 else draw.choice(["weak", "moderate", "strong"])
        )
        words = {"category": category, "intensity": intensity, "targetLanguage": "Korean"}
        rows.append(_event(draw, "editor_run_paraphrasing", user, second, words))
        if draw.random() < 0.6:
            taken = {**words, "selectedIndex": draw.choice([0, 0, 1, 2]),
                     "totalParaphrasingSentenceCount": 3}  # fmt: skip
            rows.append(_event(draw, "editor_selected_paraphrasing", user, second + 20, taken))
    return rows


def _event(
    draw: random.Random, name: str, user: str, second: int, words: dict[str, Any]
) -> dict[str, Any]:
    return {
        "eventName": name,
        "data": {
            "userId": user,
            "insertId": f"{draw.getrandbits(64):016x}",
            "timestamp": second * 1000,
            **words,
        },
    }
