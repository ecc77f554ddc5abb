"""What a person does: sessions as a clustered renewal process, and the choices in each run."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from personas_data.sample import texts
from personas_data.sample.people import CATEGORIES, Person

FIRST = datetime(2025, 6, 1, tzinfo=UTC)
LAST = datetime(2025, 10, 22, 15, tzinfo=UTC)
KOREA = timedelta(hours=9)
WEAK_BELOW, STRONG_ABOVE = -1.15, 1.15
_CATEGORY_PRESSURE: Final = {
    "thesis": 0.35, "report": 0.15, "article": -0.25, "email": 0.0,
    "marketing": 0.35, "customer_service": -0.2, "none": 0.0,
}  # fmt: skip
_MORE_IN_SESSION: Final = 0.68
_TONES: Final = ("formal", "normal", "common")


@dataclass(frozen=True)
class Run:
    """One rewrite with all that became of it. `second` is unix seconds."""

    second: int
    session: int
    editor: bool  # in the editor, which keeps correction histories; else in the extension
    device: str
    category: str
    intensity: str
    language: str
    tone: str
    text: str
    outputs: tuple[str, ...]
    index: int | None
    prompt: str | None
    trigger: str
    draft: texts.Draft
    edited: bool


@dataclass
class _Habit:
    """What the editor remembers from one run to the next."""

    category: str
    intensity: str
    tone: str


def span(person: Person, seed: int) -> tuple[float, float]:
    """First and last second of the person's use."""
    rng = random.Random(f"{seed}/span/{person.number}")
    first, last = FIRST.timestamp(), LAST.timestamp()
    start = first + (last - first) * rng.random() ** 0.9 * 0.97
    days = 2 + rng.expovariate(1 / 55) * (1 + person.runs / 40)
    return start, min(last, start + days * 86400)


def runs_of(person: Person, seed: int) -> list[Run]:
    """All runs of the person, in time order."""
    rng = random.Random(f"{seed}/runs/{person.number}")
    made: list[Run] = []
    for session, (start, size) in enumerate(_sessions(rng, person, seed)):
        made.extend(_session(rng, person, session, start, size, made))
    return sorted(made, key=lambda run: run.second)


def _sessions(rng: random.Random, person: Person, seed: int) -> Iterator[tuple[int, int]]:
    """Start second and number of runs of each session."""
    sizes, left = [], person.runs
    while left > 0:
        size = min(left, _burst(rng))
        sizes.append(size)
        left -= size
    gaps = [rng.weibullvariate(1, 0.6) for _ in range(len(sizes) + 1)]
    start, end = span(person, seed)
    passed = 0.0
    for size, gap in zip(sizes, gaps[1:], strict=True):
        yield _at_work(rng, person, start + (end - start) * passed), size
        passed += gap / sum(gaps)


def _burst(rng: random.Random) -> int:
    size = 1
    while rng.random() < _MORE_IN_SESSION and size < 25:
        size += 1
    return size


def _at_work(rng: random.Random, person: Person, second: float) -> int:
    """The moment moved into the person's working hours, and mostly off the weekend."""
    local = datetime.fromtimestamp(second, UTC) + KOREA
    if local.weekday() >= 5 and person.occupation.hours[0][0] == 9 and rng.random() < 0.85:
        local -= timedelta(days=local.weekday() - 4)
    hours = person.occupation.hours
    first, last = rng.choices(hours, [b - a for a, b in hours])[0]
    day = local.replace(hour=0, minute=0, second=0, microsecond=0) - KOREA
    moved = day.timestamp() + rng.uniform(first, last) * 3600
    return int(min(max(moved, FIRST.timestamp()), LAST.timestamp() - 3600))


def _session(
    rng: random.Random, person: Person, session: int, start: int, size: int, earlier: list[Run]
) -> list[Run]:
    habit = _Habit("", "", "")
    editor, device = rng.random() < 0.615, rng.choice(person.devices[: 1 + (rng.random() < 0.4)])
    second = float(start)
    made: list[Run] = []
    for _ in range(size):
        _choose(rng, person, habit)
        before = [run for run in (*earlier, *made) if run.editor and run.second < second - 5]
        made.append(_run(rng, person, habit, before, (int(second), session, editor, device)))
        # A mean of about three minutes between runs; most sessions end within twenty.
        second += 12 + rng.lognormvariate(4.4, 0.9)
    return made


def _choose(rng: random.Random, person: Person, habit: _Habit) -> None:
    """The editor keeps the last option; a person who is willing to change draws anew."""
    if habit.category and rng.random() > person.change:
        return
    habit.category = rng.choices(CATEGORIES, person.category)[0]
    habit.intensity = _intensity(rng, person.pressure + _CATEGORY_PRESSURE[habit.category])
    formal = person.occupation.formal
    habit.tone = rng.choices(_TONES, (formal, 0.7 * (1 - formal), 0.3 * (1 - formal)))[0]


def _intensity(rng: random.Random, pressure: float) -> str:
    uniform = rng.uniform(1e-9, 1 - 1e-9)
    felt = pressure + math.log(uniform / (1 - uniform))
    if felt < WEAK_BELOW:
        return "weak"
    return "strong" if felt > STRONG_ABOVE else "moderate"


def _run(
    rng: random.Random,
    person: Person,
    habit: _Habit,
    earlier: list[Run],
    place: tuple[int, int, bool, str],
) -> Run:
    old = rng.choice(earlier[-8:]) if earlier and rng.random() < person.edit else None
    category = old.category if old else habit.category
    text, lines, language = _edited(rng, old) if old else _written(rng, person, category)
    target = _target(rng, person, category, language)
    outputs = texts.rewrites(lines, category, target, habit.intensity, text)
    second, session, editor, device = place
    return Run(
        second, session, editor, device, category, habit.intensity, target, habit.tone, text,
        tuple(outputs), _taken(rng, person, len(outputs)), _prompt(rng, person, category),
        rng.choices(("button", "shortcut", "context_menu"), (0.7, 0.2, 0.1))[0], lines, bool(old),
    )  # fmt: skip


def _written(rng: random.Random, person: Person, category: str) -> tuple[str, texts.Draft, str]:
    language = person.native
    if rng.random() < person.foreign:
        language = rng.choice([x for x in ("ko", "en") if x != language])
    sentences = max(1, min(5, round(person.sentences * math.exp(rng.gauss(0, 0.4)))))
    lines = texts.draft(rng, category, language, sentences)
    return texts.render(lines, category, language, texts.RAW), lines, language


def _edited(rng: random.Random, old: Run) -> tuple[str, texts.Draft, str]:
    """An earlier output with one figure or date changed, or a sentence of one's own behind it."""
    taken = old.outputs[old.index or 0]
    language = texts.language_of(taken)
    extra = texts.draft(rng, old.category, language, 1)
    digits = [part for part in taken.split() if part[0].isdigit()]
    if digits and rng.random() < 0.5:
        other = f"{rng.randrange(3, 98)}{digits[0][-1]}"
        return taken.replace(digits[0], other), old.draft, language
    tail = texts.render(extra, old.category, language, texts.RAW)
    cut = tail if len(tail) < len(taken) * 0.3 else tail.split()[0]
    return f"{taken} {cut}", old.draft, language


def _target(rng: random.Random, person: Person, category: str, language: str) -> str:
    pull = {"email": 1.3, "thesis": 1.2, "none": 0.6}.get(category, 1.0)
    if rng.random() >= min(0.95, person.abroad * pull):
        return language
    weights = {"en": 0.75, "ko": 0.9, "ja": 0.15, "zh": 0.1}
    weights.pop(language)
    if language == "ko":
        weights["en"] = 6.0 if person.abroad > 0.5 else 0.9
    return rng.choices(list(weights), list(weights.values()))[0]


def _taken(rng: random.Random, person: Person, candidates: int) -> int | None:
    """Candidates are read from the top; whoever accepts stops at the first that will do."""
    if rng.random() >= person.accept:
        return None
    for index in range(candidates - 1):
        if rng.random() < person.look:
            return index
    return candidates - 1


def _prompt(rng: random.Random, person: Person, category: str) -> str | None:
    if rng.random() >= person.prompt:
        return None
    if rng.random() < person.own_prompts:
        return texts.personal_prompt(rng)
    return texts.shared_prompt(rng, category)
