"""Whether a number fell by more than half against the days before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median_low
from typing import Any, Final

from rec_assets.checks.finding import Finding

LEAST_SHARE: Final = 0.5
# Below this much to compare with nothing is judged: sessions come in bunches of a few per person,
# so that a hundred of them are about twenty people, and half of twenty is chance's business.
FLOOR: Final = 100
TENFOLD: Final = 10.0  # a rise that is worth a look; it stops nothing
WEEK: Final = 7


def references_of(before: Sequence[int | None]) -> dict[str, int]:
    """What a day is compared with, from the seven days before it, the latest first; None: no such.

    The day before, the same weekday a week ago (weekends are quiet every week), and the lower
    median of the days there are (the day after an exceptional one is judged by the ordinary ones).
    """
    stand = [number for number in before if number is not None]
    found = {"day before": before[0] if before else None}
    found["a week ago"] = before[WEEK - 1] if len(before) >= WEEK else None
    found["median of the week"] = median_low(stand) if stand else None
    return {name: number for name, number in found.items() if number is not None}


def fall_finding(what: str, number: int, references: Mapping[str, int]) -> Finding:
    """Fails when `number` is below half of every reference, and of none; else `unusual_finding`."""
    least = min(references.values(), default=0)
    if least >= FLOOR and number < LEAST_SHARE * least:
        fell = f"{number:,} {what}, {number / least:.0%} of the least of {_told(references)}"
        figures = _figures(number, references)
        return Finding(False, f"{fell}; {LEAST_SHARE:.0%} are asked for", figures)
    few = f"fewer than {FLOOR} are not judged"
    return unusual_finding(what, number, references, few)


def unusual_finding(what: str, number: int, references: Mapping[str, int], few: str) -> Finding:
    """Warns of none at all and of a tenfold rise; both stop nothing.

    Of none nothing new would be served. `few` is said where there is too little to compare with.
    """
    figures, told = _figures(number, references), _told(references)
    if not references:
        return Finding(True, f"{number:,} {what}; no day before to compare with", figures)
    least, most = min(references.values()), max(references.values())
    if least < FLOOR:
        return Finding(True, f"{number:,} {what} ({told}; {few})", figures)
    if number == 0:
        none = f"no {what} at all ({told}): nothing new would be served, so nothing is stopped"
        return Finding(False, f"{none}; was the service up?", figures, stops=False)
    if number > TENFOLD * most:
        rose = f"{number:,} {what}, {number / most:,.0f} times the most of {told}"
        return Finding(False, f"{rose}: worth a look, nothing is stopped", figures, stops=False)
    return Finding(True, f"{number:,} {what} ({told})", figures)


def _figures(number: int, references: Mapping[str, int]) -> dict[str, Any]:
    return {
        "number": number,
        "references": dict(references),
        "least_share": LEAST_SHARE,
        "judged_from": FLOOR,
    }


def _told(references: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {of:,}" for name, of in references.items())
