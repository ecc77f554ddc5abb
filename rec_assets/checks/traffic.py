"""Whether a day's traffic fell by more than half: live sessions and bots each by their own measure.

Bots fill a day up, so that all sessions together hide it when people stay away, and fall when bots
are switched off. Live recommendations are compared with live ones of the days before, simulated
ones with the number that was fixed for the day, and of both how many were executed with how many
the days before let expect.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rec_assets.checks.counts import FLOOR, LEAST_SHARE, references_of, unusual_finding
from rec_assets.checks.drift import CHANCE
from rec_assets.checks.finding import Finding
from rec_assets.training.day_counts import DayCounts


class Part(NamedTuple):
    """A day's sessions of one origin: recommendations, how many were executed, by how many."""

    asked: int = 0
    executed: int = 0
    people: int = 0


class Traffic(NamedTuple):
    """A day's sessions by origin."""

    live: Part = Part()
    simulated: Part = Part()

    @property
    def asked(self) -> int:
        """Recommendations of both."""
        return self.live.asked + self.simulated.asked


def traffic_of(counts: DayCounts) -> Traffic:
    """What H of a day came to; where live people were not counted apart, all are taken."""
    bots = counts.people - counts.people_live
    live = counts.examples - counts.simulated, counts.executed - counts.simulated_runs
    return Traffic(
        Part(*live, counts.people_live or counts.people),
        Part(counts.simulated, counts.simulated_runs, bots or counts.people),
    )


def traffic_finding(now: Traffic, before: Sequence[Traffic | None], fixed: int | None) -> Finding:
    """Fails when live or simulated traffic fell by half, or what was executed of either.

    `before`: the seven days before, the latest first. `fixed`: simulated sessions as they were
    decided for the day; None: nobody decided. Told, and stopping nothing: a day without any
    recommendation of which none were fixed, one without any live one (nothing of them would be
    learnt, and a first weekend looks like this), and one with ten times as many.
    """
    stood = [day for day in before if day is not None]
    unusual = unusual_finding(
        "recommendations",
        now.asked,
        references_of([None if day is None else day.asked for day in before]),
        f"fewer than {FLOOR} live ones are judged where chance does not explain it",
    )
    fell = list(_fixed_fell(now.simulated.asked, fixed))
    live_fell = list(_live_fell(now.live.asked, before)) if now.asked else []
    if now.live.asked:
        fell += live_fell
    if now.asked:
        fell += _executed_fell("live", now.live, [day.live for day in stood])
        fell += _executed_fell("simulated", now.simulated, [day.simulated for day in stood])
    figures = {
        **unusual.figures,
        "live": now.live._asdict(),
        "simulated": now.simulated._asdict(),
        "simulated_fixed": fixed,
    }
    if fell:
        return Finding(False, f"{'; '.join(fell)}; {LEAST_SHARE:.0%} are asked for", figures)
    if live_fell:
        return Finding(False, f"{live_fell[0]}; nothing is stopped", figures, stops=False)
    origins = f"{now.live.asked:,} live, {now.simulated.asked:,} simulated"
    return Finding(unusual.holds, f"{unusual.sentence}: {origins}", figures, stops=unusual.stops)


def chance_of_fall(number: int, of: float, bunch: float) -> float:
    """How often a day has so few (`number`) where another of the same rate has `of`.

    Two Poisson counts of one rate, their sum given: binomial with ½ (Przyborowski and Wilenski,
    Biometrika 31, 1940). Counted are people's worth of sessions, `bunch` each: one person's are
    not independent. Nothing at all is beyond CHANCE from ten people's worth on.
    """
    from scipy.stats import binom

    few, many = math.ceil(number / bunch), math.floor(of / bunch)
    return float(binom.cdf(few, few + many, 0.5))


def _fixed_fell(simulated: int, fixed: int | None) -> Iterator[str]:
    if fixed and simulated < LEAST_SHARE * fixed:
        share = f"{simulated / fixed:.0%} of the {fixed:,} that were fixed for the day"
        yield f"{simulated:,} simulated recommendations, {share}"


def _live_fell(number: int, before: Sequence[Traffic | None]) -> Iterator[str]:
    references = references_of([None if day is None else day.live.asked for day in before])
    least = min(references.values(), default=0)
    bunch = _bunch([day.live for day in before if day is not None])
    if _fell(number, least, bunch):
        told = ", ".join(f"{name} {of:,}" for name, of in references.items())
        yield f"{number:,} live recommendations, {number / least:.0%} of the least of {told}"


def _executed_fell(origin: str, now: Part, before: Sequence[Part]) -> Iterator[str]:
    """Of those asked now as many are expected to be executed as on the days before together."""
    asked = sum(day.asked for day in before)
    expected = now.asked * sum(day.executed for day in before) / asked if asked else 0.0
    if _fell(now.executed, expected, _bunch(before)):
        share = f"{now.executed / expected:.0%} of the {expected:,.0f} that the days before"
        yield f"{now.executed:,} of {now.asked:,} {origin} ones executed, {share} let expect"


def _fell(number: int, of: float, bunch: float) -> bool:
    if number >= LEAST_SHARE * of:
        return False
    return of >= FLOOR or chance_of_fall(number, of, bunch) < CHANCE


def _bunch(days: Sequence[Part]) -> float:
    """Sessions of a person on a day."""
    people = sum(day.people for day in days if day.asked)
    return max(sum(day.asked for day in days) / people, 1.0) if people else 1.0
