"""Personas and pool texts that the traffic tests share."""

from __future__ import annotations

from typing import Any

from rec_assets.personas.persona import Persona
from rec_assets.personas.persona_checks import complete
from resources.context_pool import Context
from resources.options import CATEGORIES

THREE = (("Writer", "thesis", "strong"), ("Clerk", "email", "weak"), ("Anyone", "none", "moderate"))


def entry(name: str, category: str, intensity: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "preferred_category": category,
        "preferred_intensity": intensity,
        "style_prompt": "Plain.",
        "accept_rate": 0.8,
        "origin": "manual",
        **more,
    }


def personas(**more: Any) -> list[Persona]:
    return complete([entry(*words, **more) for words in THREE])


def texts(language: str = "ko", count: int = 6) -> list[Context]:
    return [
        Context(f"{category} text {number} " + "x" * (20 * number), category, language, "topic")
        for category in CATEGORIES
        for number in range(count)
    ]
