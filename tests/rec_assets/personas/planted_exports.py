"""Exports with known, overlapping groups in them, and what the best possible miner would say.

A group is a mean over category × intensity (and over languages); a person's own shares are
Dirichlet around it, their runs multinomial from those. Everything that sets the overlap is a
constant below, the same for every number of groups, size and seed: it was chosen once so that the
Bayes-optimal grouping of people with four runs in the median is right by half to four fifths
(adjusted Rand index), and nothing about it depends on how the mining does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from rec_assets.personas.mining import Mined, mine_personas
from rec_assets.raw.activity import read_activity
from rec_assets.raw.load import load_file
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES
from resources.records import RAW
from resources.sqlite_log_store import SqliteLogStore

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PEOPLE: Final = 2_000
CATEGORY_LEAD: Final = 0.55  # share of a group's own category; the rest as everybody writes
INTENSITY_LEAD: Final = 0.6
ALIKE: Final = 8.0  # Dirichlet concentration of a member's category × intensity
LANGUAGE_ALIKE: Final = 4.0
TAIL: Final = 1.0  # standard deviation of the logarithm of runs a person
SMALLEST: Final = 0.4  # size of the smallest group next to the largest, the others in between
# What everybody writes beside their own: `none` and e-mails most, as the customer's export has it.
EVERYBODY: Final = np.array([0.10, 0.12, 0.13, 0.20, 0.08, 0.07, 0.30])
LANGUAGE: Final = np.array([0.72, 0.2, 0.05, 0.03])
FOREIGN: Final = np.array([0.3, 0.6, 0.06, 0.04])  # of every second group where languages tell
# The eighth shares its category with the third, the second its neighbour's intensity.
GROUPS: Final = (
    ("email", "moderate"), ("thesis", "strong"), ("marketing", "strong"), ("article", "weak"),
    ("report", "moderate"), ("none", "weak"), ("customer_service", "moderate"),
    ("marketing", "weak"),
)  # fmt: skip
START: Final = 1_735_689_600  # 2025-01-01, unix seconds
DAYS: Final = 120
SENTENCES: Final = {
    "ko": "회의 일정을 다음 주로 옮기고 싶습니다. ", "en": "We would like to move the meeting. ",
    "ja": "会議の日程を来週に変更したいです。", "zh": "我们希望把会议改到下个星期举行。",
}  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """`truth` (P,): everybody's group. `options` (P, 21) and `languages` (P, 4): runs by word."""

    truth: Ints
    options: Floats
    languages: Floats
    weights: Floats  # (k,) chance of each group
    means: Floats  # (k, 21)
    language_means: Floats  # (k, 4)

    def best_labels(self) -> Ints:
        """The Bayes-optimal grouping: the likeliest group given everything but the truth."""
        return np.argmax(
            np.log(self.weights)
            + np.stack([_likelihood(self.options, ALIKE * m) for m in self.means], axis=1)
            + np.stack(
                [_likelihood(self.languages, LANGUAGE_ALIKE * m) for m in self.language_means],
                axis=1,
            ),
            axis=1,
        ).astype(np.int64)


def plant(
    k: int, median: int, seed: int, *, people: int = PEOPLE, languages_tell: bool = False
) -> Planted:
    """People of `k` groups (0: all of one Dirichlet population) with `median` runs a person."""
    draw = np.random.default_rng([seed, k, median, languages_tell])
    groups = max(k, 1)
    weights = np.linspace(1.0, SMALLEST, groups) if k else np.ones(1)
    weights = weights / weights.sum()
    means = np.stack([_mean(*GROUPS[g]) for g in range(groups)]) if k else _everybody()[None]
    foreign = np.arange(groups) % 2 == 1 if languages_tell else np.zeros(groups, dtype=bool)
    language_means = np.where(foreign[:, None], FOREIGN, LANGUAGE)
    truth = draw.choice(groups, size=people, p=weights).astype(np.int64)
    runs = np.maximum(1, np.round(np.exp(draw.normal(np.log(median), TAIL, people)))).astype(int)
    runs = np.minimum(runs, 60 * median)
    options, languages = np.zeros((people, 21)), np.zeros((people, 4))
    for person, group in enumerate(truth):
        options[person] = draw.multinomial(runs[person], draw.dirichlet(ALIKE * means[group]))
        shares = draw.dirichlet(LANGUAGE_ALIKE * language_means[group])
        languages[person] = draw.multinomial(runs[person], shares)
    return Planted(truth, options, languages, weights, means, language_means)


def _mean(category: str, intensity: str) -> Floats:
    of_category = (1 - CATEGORY_LEAD) * EVERYBODY
    of_category[CATEGORIES.index(category)] += CATEGORY_LEAD
    of_intensity = np.full(3, (1 - INTENSITY_LEAD) / 2)
    of_intensity[INTENSITIES.index(intensity)] = INTENSITY_LEAD
    joint: Floats = np.outer(of_category, of_intensity).reshape(-1)
    return joint


def _everybody() -> Floats:
    joint: Floats = np.outer(EVERYBODY, [0.3, 0.45, 0.25]).reshape(-1)
    return joint


def _likelihood(counts: Floats, alpha: Floats) -> Floats:
    """Dirichlet-multinomial (Minka 2000), but for the multinomial coefficient. Shape (P,)."""
    total: Floats = gammaln(alpha.sum()) - gammaln(alpha.sum() + counts.sum(axis=1))
    own: Floats = total + (gammaln(alpha + counts) - gammaln(alpha)).sum(axis=1)
    return own


def write_export(planted: Planted, path: Path, seed: int = 0) -> None:
    """The people's runs as JSON lines: events, and a correction history for every fifth run.

    Two thirds of the people are logged in, the others known by their device alone; a sixth of the
    former were not logged in at first. Runs come in sittings of two on average, over four months.
    """
    draw = np.random.default_rng([seed, 77])
    with path.open("w", encoding="utf-8") as file:
        for person in range(len(planted.truth)):
            for row in _rows(draw, planted, person):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _rows(draw: np.random.Generator, planted: Planted, person: int) -> list[dict[str, Any]]:
    options, languages = (
        draw.permutation(np.repeat(np.arange(len(counts)), counts.astype(int)))
        for counts in (planted.options[person], planted.languages[person])
    )
    logged_in = person % 3 != 0
    login = draw.integers(1, len(options) + 1) if logged_in and person % 6 == 1 else 0
    second = START + int(draw.integers(DAYS * 86_400))
    rows: list[dict[str, Any]] = []
    for run, (option, language) in enumerate(zip(options, languages, strict=True)):
        second += 90 if draw.random() < 0.5 else int(draw.integers(3_600, 40_000))
        category, intensity = CATEGORIES[option // 3], INTENSITIES[option % 3]
        word = LANGUAGES[language]
        user = f"u{person:05d}" if logged_in and run >= login else None
        text = SENTENCES[word] * (1 + run % 3)
        rows.append(_event(person, run, user, second, category, intensity, word, len(text)))
        if logged_in and run % 5 == 0:
            rows.append(_history(person, run, second, category, intensity, text))
    if login:  # what joins the device to the account, were there no run after it
        rows.append({**rows[0], "event": "open_sidepanel", "insert_id": f"o{person}",
                     "user_id": f"u{person:05d}", "distinct_id": f"u{person:05d}",
                     "time": second + 5})  # fmt: skip
    return rows


def _event(
    person: int, run: int, user: str | None, second: int, category: str, intensity: str,
    language: str, length: int,
) -> dict[str, Any]:  # fmt: skip
    device = f"d{person:05d}"
    return {
        "event": "editor_run_paraphrasing", "distinct_id": user or f"$device:{device}",
        "device_id": device, "user_id": user, "insert_id": f"{person:05d}-{run}", "time": second,
        "field": category, "maintenance": intensity, "target_language": language,
        "tone": "normal", "input_sentence_length": length,
    }  # fmt: skip


def _history(
    person: int, run: int, second: int, category: str, intensity: str, text: str
) -> dict[str, Any]:
    return {
        "_id": f"h{person:05d}-{run}", "created_at": second, "user": f"u{person:05d}",
        "field": category, "intensity": intensity, "tone": "normal", "user_prompt": None,
        "input_sentence": text, "output_sentences": [f"({intensity}) {text}"],
        "selected_index": 0 if run % 3 else None,
    }  # fmt: skip


def mine_export(planted: Planted, folder: Path, seed: int = 1) -> tuple[Mined, Ints]:
    """The export written, loaded, read and mined as any other, and everybody's group (P,)."""
    write_export(planted, folder / "planted.jsonl")
    store = SqliteLogStore(folder / "log.sqlite")
    summary = load_file(folder / "planted.jsonl", store, "planted.jsonl")
    assert not summary.quarantined
    activity = read_activity(chain.from_iterable(store.scan(RAW)))
    store.close()
    mined = mine_personas(activity, seed=seed)
    everybody = range(len(planted.truth))
    # People are numbered in the order of their keys: devices first, then accounts.
    order = sorted(everybody, key=lambda person: (person % 3 != 0, person))
    labels = np.empty(len(order), dtype=np.int64)
    labels[order] = mined.labels
    return mined, labels
