"""What Dagster recorded while the clock was ahead, taken back before Dagster starts.

It looks at a sensor and at a schedule again once their latest tick is past: one of a time that is
to come would keep them still until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg
from dagster._core.scheduler.instigation import InstigatorState, InstigatorTick, TickStatus

from rec_assets.latest_tick import APART

FORGOTTEN = 0.0  # Dagster purges the ticks before a moment, never those after one
UNFINISHED = (TickStatus.STARTED, TickStatus.FAILURE)


def take_back(instance: dg.DagsterInstance, now: datetime) -> str:
    """Remove the ticks of times to come, set the states right; the sentence that says so, or "".

    Cursors stay, and what a person switched off. For a caller who knows that no daemon of this
    instance runs: it holds such times in memory, too.
    """
    limit = (now + APART).timestamp()
    times = dict[str, float]()
    for state in instance.all_instigator_state():
        ahead = _ahead(state, limit)
        ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, after=limit)
        if ahead:
            instance.update_instigator_state(_set_right(state, ahead, now))
        if ticks:
            _remove(instance, state, ticks, now)
        if ahead or ticks:
            times[state.instigator_name] = max([*ahead.values(), *(t.timestamp for t in ticks)])
    if not times:
        return ""
    latest = datetime.fromtimestamp(max(times.values()), UTC)
    return (
        f"the clock was ahead, at {latest:%Y-%m-%d %H:%M} UTC: what Dagster had noted of times to "
        f"come is taken back ({', '.join(sorted(times))}), so that it ticks from now on"
    )


def _ahead(state: InstigatorState, limit: float) -> dict[str, float]:
    """The times of the state itself that are to come, by their names."""
    data = state.instigator_data._asdict() if state.instigator_data else {}
    return {name: at for name, at in data.items() if isinstance(at, float) and at > limit}


def _set_right(state: InstigatorState, ahead: dict[str, float], now: datetime) -> InstigatorState:
    data: Any = state.instigator_data
    times: dict[str, Any] = dict.fromkeys(ahead)
    if "start_timestamp" in ahead:  # without one a schedule would tick for all that ever was due
        times["start_timestamp"] = now.timestamp()
    return state.with_data(data._replace(**times))


def _remove(
    instance: dg.DagsterInstance,
    state: InstigatorState,
    ticks: Sequence[InstigatorTick],
    now: datetime,
) -> None:
    """Remove the ticks; one that has yet to ask for some of its runs becomes one of now."""
    for tick in ticks:
        to_do = tick.status in UNFINISHED and tick.unsubmitted_run_ids_with_requests
        moment = now.timestamp() if to_do else FORGOTTEN
        instance.update_tick(tick.with_status(tick.status, timestamp=moment))
    instance.purge_ticks(state.instigator_origin_id, state.selector_id, before=FORGOTTEN + 1)
