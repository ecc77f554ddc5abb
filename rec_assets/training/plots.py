"""What a day's H looks like: its funnel, and the accept rate of the last days."""

from __future__ import annotations

from collections.abc import Mapping

from rec_assets.evaluation.judgement import wilson
from rec_assets.plots import funnel, rates, told_simulated
from rec_assets.training.day_counts import DayCounts

DAYS_SHOWN = 30


def day_funnel(day: str, counts: DayCounts) -> str:
    """A → B → C of the day as a data URI."""
    simulated = told_simulated(counts.simulated, counts.examples)
    rejected = counts.answered - counts.accepted
    title = f"{day}: {counts.examples:,} recommendations of {counts.people:,} people"
    below = f"{simulated}; a recommendation counts once, by its last or its accepted run"
    return funnel(title, below, counts.examples, counts.executed, counts.accepted, rejected)


def accept_rates(counts: Mapping[str, DayCounts]) -> str:
    """Accepted among run recommendations by day with Wilson's 95 % interval, as a data URI.

    Days without a run are left out; there must be one with.
    """
    days = [day for day in sorted(counts) if counts[day].executed]
    shown = [wilson(counts[day].accepted, counts[day].executed) for day in days]
    executed = [counts[day].executed for day in days]
    simulated = [counts[day].simulated_runs for day in days]
    live = [of - bots for of, bots in zip(executed, simulated, strict=True)]
    numbers = {"simulated": simulated, "live": live}
    below = f"95 % interval (Wilson); {told_simulated(sum(simulated), sum(executed))}"
    return rates(
        f"Accept rate by day, {len(days)} {'day' if len(days) == 1 else 'days'} to {days[-1]}",
        below,
        "accepted of those run",
        days,
        [(share.value, share.low, share.high) for share in shown],
        numbers,
    )
