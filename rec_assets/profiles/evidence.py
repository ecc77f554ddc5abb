"""G's evidence: integer cells per day, and the decayed counts they amount to on a day.

A cell is [option, text language or −1, accepted, changed, simulated, count]. A day is replaced as
a whole, so a day done twice or out of order gives the same counts. Days older than 140 are folded
once into a base: by then they weigh less than a thousandth (half-life 14 days).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Any, Final

import numpy as np

from rec_api.shrinkage import decay, weight
from rec_assets.days import days_between
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES, OPTION_INDEX, Option
from resources.preferences import Evidence
from resources.records import Row

KEPT_DAYS: Final = 140
PLACES: Final = tuple(  # of the options, in their order
    product(range(len(CATEGORIES)), range(len(INTENSITIES)), range(len(LANGUAGES)))
)
Cells = list[list[int]]


class FoldedDay(ValueError):
    """A day cannot be redone because it has been folded into the base already."""


def cells_of(examples: Sequence[Row]) -> Cells:
    """The cells of one user's executed H rows of one day, sorted."""
    counts: Counter[tuple[int, ...]] = Counter()
    for row in examples:
        if not row["executed"]:
            continue
        option = Option(row["category"], row["intensity"], row["language"])
        text_language = row["text_language"]
        counts[
            OPTION_INDEX[option],
            LANGUAGES.index(text_language) if text_language in LANGUAGES else -1,
            int(row["accepted"]),
            int(row["changed"]),
            int(row["origin"] == "simulation"),
        ] += 1
    return [[*cell, count] for cell, count in sorted(counts.items())]


def replace_day(
    evidence: Mapping[str, Cells], base: dict[str, Any] | None, day: str, cells: Cells
) -> dict[str, Cells]:
    """The evidence with `day` holding exactly `cells`, days in order."""
    if base is not None and day <= base["day"]:
        raise FoldedDay(f"{day} is folded into the base of {base['day']} and cannot be redone")
    kept = {d: c for d, c in evidence.items() if d != day}
    if cells:
        kept[day] = cells
    return dict(sorted(kept.items()))


def fold(
    evidence: Mapping[str, Cells], base: dict[str, Any] | None, day: str
) -> tuple[dict[str, Cells], dict[str, Any] | None]:
    """Days more than 140 before `day` moved into the base, in order.

    One day after the other: so days folded at once and day by day give the same bits.
    """
    if not evidence or days_between(min(evidence), day) <= KEPT_DAYS:
        return dict(evidence), base
    old = sorted(d for d in evidence if days_between(d, day) > KEPT_DAYS)
    for past in old:
        base = _folded({past: evidence[past]}, base, past)
    return {d: c for d, c in evidence.items() if d not in old}, base


def _folded(
    of_day: Mapping[str, Cells], base: Mapping[str, Any] | None, day: str
) -> dict[str, Any]:
    counts = evidence_at(of_day, base, day)
    return {
        "day": day,
        "ci": counts.ci.tolist(),
        "ltl": counts.ltl.tolist(),
        "n": counts.n,
        "totals": list(totals(of_day, base)),
    }


def last_day(evidence: Mapping[str, Cells], base: Mapping[str, Any] | None) -> str | None:
    """The last day with evidence (ISO); None without any."""
    if evidence:
        return max(evidence)
    return None if base is None else str(base["day"])


def evidence_at(
    evidence: Mapping[str, Cells], base: Mapping[str, Any] | None, day: str
) -> Evidence:
    """Decayed counts on `day` from the days up to it, summed in order; a later base is no part."""
    # Lists of lists: one cell of an array at a time takes several times as long.
    ci = [[0.0] * len(INTENSITIES) for _ in CATEGORIES]
    ltl, n = [[0.0] * len(LANGUAGES) for _ in LANGUAGES], 0.0
    if base is not None and base["day"] <= day:
        kept = _left(base["day"], day)
        ci = [[kept * cell for cell in row] for row in base["ci"]]
        ltl, n = [[kept * cell for cell in row] for row in base["ltl"]], kept * base["n"]
    for past in sorted(d for d in evidence if d <= day):
        kept = _left(past, day)
        for option, text_language, accepted, changed, _, count in evidence[past]:
            category, strength, language = PLACES[option]
            worth = kept * weight(bool(accepted), bool(changed)) * count
            ci[category][strength] += worth
            n += kept * count
            if text_language >= 0:
                ltl[text_language][language] += worth
    return Evidence(np.array(ci), np.array(ltl), float(n))


@lru_cache(maxsize=1024)  # the same few days for every user
def _left(past: str, day: str) -> float:
    return decay(days_between(past, day))


def totals(evidence: Mapping[str, Cells], base: Mapping[str, Any] | None) -> tuple[int, int, int]:
    """Executed, accepted and simulated sessions, not decayed."""
    executed, accepted, simulated = base["totals"] if base is not None else (0, 0, 0)
    for cells in evidence.values():
        for _, _, was_accepted, _, was_simulated, count in cells:
            executed += count
            accepted += count * was_accepted
            simulated += count * was_simulated
    return executed, accepted, simulated
