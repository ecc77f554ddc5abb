"""How many answers of a day were made with something missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from rec_assets.checks.finding import Faults, Finding
from rec_assets.evaluation.judgement import wilson
from resources.records import Row

MOST_SHARE: Final = 0.05
ALLOWED: Final = frozenset({"document"})  # an editor may send none: told, not judged


def degraded_of(recommendations: Iterable[Row]) -> tuple[Faults, Counter[str]]:
    """A whose answer lacked something that is never rightly missing; and all words by number."""
    faults, words = Faults(), Counter[str]()
    for row in recommendations:
        words.update(row["degraded"])
        if lacking := sorted(set(row["degraded"]) - ALLOWED):
            faults.add(f"answer without {', '.join(lacking)}", row["_id"])
    return faults, words


def degraded_finding(faults: Faults, words: Counter[str], answers: int) -> Finding:
    """Fails when surely more than a twentieth was degraded: the interval's lower end counts."""
    share = wilson(faults.total, answers)
    figures = {
        "answers": answers,
        "degraded": faults.total,
        "missing": dict(sorted(words.items())),
        "most_share": MOST_SHARE,
    }
    if not answers:
        return Finding(True, "no answer on this day", figures)
    interval = f"{share.value:.1%} [{share.low:.1%}, {share.high:.1%}]"
    figures |= {"share": share.value, "low": share.low, "high": share.high}
    told = f"{faults.total:,} of {answers:,} answers were degraded ({interval})"
    if share.low > MOST_SHARE:
        why = f"{told}, more than {MOST_SHARE:.0%}: {faults.sentence()}"
        return Finding(False, why, figures, faults.offending())
    return Finding(True, told, figures, faults.offending())
