"""Sentences people might write, and their rewrites, composed from the fragments of phrases.json."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PHRASES: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "phrases.json").read_text(encoding="utf-8")
)
RAW, POLISHED, RECAST = 0, 1, 2
# Korean particles, by the form that follows a consonant; the other form follows a vowel.
_AFTER_VOWEL: Final = {
    "이": "가", "을": "를", "은": "는", "과": "와", "으로": "로", "이라고": "라고",
}  # fmt: skip
_SLOT = re.compile(r"\{([abnd])([^}]*)\}")


@dataclass(frozen=True)
class Line:
    """One sentence before it is put into words: which line, and what fills its slots."""

    line: int
    a: int
    b: int
    n: int
    d: int


Draft = tuple[Line, ...]


def draft(rng: random.Random, category: str, language: str, sentences: int) -> Draft:
    """So many different lines of the category, as far as the language has them."""
    known = PHRASES[language][category]
    chosen = rng.sample(range(len(known["lines"])), min(sentences, len(known["lines"])))
    a, b = rng.randrange(len(known["a"])), rng.randrange(len(known["b"]))
    return tuple(Line(line, a, b, rng.randrange(3, 98), rng.randrange(8)) for line in chosen)


def render(lines: Draft, category: str, language: str, phrasing: int) -> str:
    """The draft in words; in a language with fewer lines another line of the category stands in."""
    return " ".join(_sentence(line, category, language, phrasing) for line in lines)


def rewrites(lines: Draft, category: str, language: str, intensity: str, raw: str) -> list[str]:
    """Two or three different rewrites, the strongest first when the intensity is strong."""
    made = [render(lines, category, language, phrasing) for phrasing in (POLISHED, RECAST)]
    made.append(_tidied(raw) if language_of(raw) == language else _mixed(lines, category, language))
    order = {"weak": (2, 0, 1), "moderate": (0, 1, 2), "strong": (1, 0, 2)}[intensity]
    ordered = dict.fromkeys(made[position] for position in order)
    return [text for text in ordered if text != raw]


def language_of(text: str) -> str:
    """The script's language: enough for text made here."""
    if re.search("[가-힣]", text):
        return "ko"
    if re.search("[ぁ-んァ-ン]", text):
        return "ja"
    return "zh" if re.search("[一-鿿]", text) else "en"


def _tidied(raw: str) -> str:
    for word, better in PHRASES["tidier"]:
        raw = raw.replace(word, better)
    return raw


def _mixed(lines: Draft, category: str, language: str) -> str:
    phrasings = (POLISHED, RECAST)
    return " ".join(
        _sentence(line, category, language, phrasings[position % 2])
        for position, line in enumerate(lines)
    )


def _sentence(line: Line, category: str, language: str, phrasing: int) -> str:
    known = PHRASES[language][category]
    values = {
        "a": known["a"][line.a % len(known["a"])],
        "b": known["b"][line.b % len(known["b"])],
        "n": str(line.n),
        "d": PHRASES[language]["d"][line.d],
    }
    template = known["lines"][line.line % len(known["lines"])][phrasing]
    text = _SLOT.sub(lambda slot: values[slot[1]] + _particle(values[slot[1]], slot[2]), template)
    return text[0].upper() + text[1:]


def _particle(word: str, form: str) -> str:
    if not form:
        return ""
    final = (ord(word[-1]) - 0xAC00) % 28 if "가" <= word[-1] <= "힣" else 0
    vowel = final == 0 or (form == "으로" and final == 8)
    return _AFTER_VOWEL[form] if vowel else form


def shared_prompt(rng: random.Random, category: str) -> str:
    """A wish that many people write in the same words."""
    shared = PHRASES["prompts"]["shared"]
    return str(rng.choice(shared[category] if rng.random() < 0.6 else shared["any"]))


def personal_prompt(rng: random.Random) -> str:
    """A wish in one person's words."""
    parts = PHRASES["prompts"]
    thing = rng.choice(parts["things"])
    middle = f"{thing}{_particle(thing, '은')} {rng.choice(parts['verbs'])}"
    return f"{middle} {rng.choice(parts['ends'])} ({rng.randrange(1, 60)}자 안쪽)"
