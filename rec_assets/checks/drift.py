"""Whether the mix of a day has moved away from that of the days before: population stability."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rec_assets.checks.finding import Finding

NOTICE, WARN = 0.1, 0.25  # the usual bounds: Siddiqi, Credit Risk Scorecards (2006)
PSEUDO: Final = 0.5  # added to every cell (Jeffreys): an empty one has no logarithm
CHANCE: Final = 0.001  # how often two samples of one distribution may be called drifted
NONE_FROM: Final = 10  # people: that all of them are on the other of two like days, ½¹⁰ < CHANCE


@dataclass(frozen=True)
class Mix:
    """Counts of the same words, and how many people they come from."""

    counts: Mapping[str, int]
    people: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())


def pool(days: Sequence[Mix]) -> Mix:
    """Several days as one; the people are those of the day that had most: they come again."""
    words = sorted({word for day in days for word in day.counts})
    counts = {word: sum(day.counts.get(word, 0) for day in days) for word in words}
    return Mix(counts, max((day.people for day in days), default=0))


def stability(now: Mix, before: Mix) -> float:
    """Population stability index Σ (pᵢ − qᵢ)·ln(pᵢ / qᵢ) over all words of either.

    The sum of both Kullback–Leibler divergences (Jeffreys 1946), in nats, ≥ 0; as an index of
    stability in Lewis, An Introduction to Credit Scoring (1994). Cells get half a count each.
    """
    words = sorted({*now.counts, *before.counts})
    p, q = (_shares(mix, words) for mix in (now, before))
    return sum((a - b) * math.log(a / b) for a, b in zip(p, q, strict=True))


def chance_limit(cells: int, now: int, before: int) -> float:
    """The index that two samples of one distribution exceed once in a thousand times.

    It is distributed as (1/n + 1/m)·χ² with cells − 1 degrees of freedom, so its expectation is
    (cells − 1)(1/n + 1/m) (Yurdakul and Naranjo, Journal of Risk Model Validation 14(4), 2020).
    People are counted, not their sessions: those of one person are alike. Infinite without anybody.
    """
    from scipy.stats import chi2

    if not now or not before or cells < 2:
        return math.inf
    return float(chi2.isf(CHANCE, cells - 1)) * (1 / now + 1 / before)


def drift_finding(what: str, cells: int, now: Mix, days: Sequence[Mix]) -> Finding:
    """Fails above .25, or above what chance explains where few people make that more.

    Fails also when there are none although a day before had them of ten people or more.
    """
    before = pool(days)
    if not before.total:
        return Finding(True, f"{what}: none on the days before to compare with", {})
    if not now.total:
        told = f"{what}: none on this day, {before.total:,} on the {len(days)} days before"
        return Finding(before.people < NONE_FROM, told, {"none_judged_from_people": NONE_FROM})
    index = stability(now, before)
    limit = max(WARN, chance := chance_limit(cells, now.people, before.people))
    moved = _moved(now, before)
    figures = {
        "psi": index,
        "notice_from": NOTICE,
        "warn_from": WARN,
        "explained_by_chance": chance if math.isfinite(chance) else None,
        "people": now.people,
        "people_before": before.people,
        "days_before": len(days),
        "shares": _told(now),
        "shares_before": _told(before),
    }
    told = f"{what}: index {index:.3f} against the {len(days)} days before"
    if index > limit:
        return Finding(False, f"{told}, more than {limit:.2f}; most moved: {moved}", figures)
    if index > max(NOTICE, chance):
        return Finding(True, f"{told}, worth a look from {NOTICE}; most moved: {moved}", figures)
    few = f" among {min(now.people, before.people)} people" if chance > NOTICE else ""
    return Finding(True, f"{told}; up to {max(NOTICE, chance):.2f} is ordinary{few}", figures)


def _shares(mix: Mix, words: Sequence[str]) -> list[float]:
    total = mix.total + PSEUDO * len(words)
    return [(mix.counts.get(word, 0) + PSEUDO) / total for word in words]


def _told(mix: Mix) -> dict[str, float]:
    return {word: round(number / mix.total, 4) for word, number in sorted(mix.counts.items())}


def _moved(now: Mix, before: Mix) -> str:
    """The word whose share moved most, from where to where."""
    words = sorted({*now.counts, *before.counts})
    pairs = {word: [m.counts.get(word, 0) / m.total for m in (before, now)] for word in words}
    word = max(words, key=lambda of: (abs(pairs[of][1] - pairs[of][0]), of))
    return f"{word} {pairs[word][0]:.0%} → {pairs[word][1]:.0%}"
