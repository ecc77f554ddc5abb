"""The pools of runs: what each is for, and how the daemon learns of them before its first look.

Pools hold one run at a time (dagster.yaml), be it of a job, a click or a backfill. A command's run
holds its pool too, without waiting for it: commands/turn.py looks first. `daily_chain`: traffic of
a day must meet the service as the day before left it, and category vectors must not change while it
does. `raw_exports`: one file is stored at a time, and none while personas are mined from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dagster import DagsterInstance

DAILY_CHAIN: Final = "daily_chain"
RAW_EXPORTS: Final = "raw_exports"
POOLS: Final = (DAILY_CHAIN, RAW_EXPORTS)


def make_known(instance: DagsterInstance) -> None:
    """Give each pool its limit where it has none.

    Dagster's queue does so itself, but after it has chosen the first runs: two days at once.
    """
    storage = instance.event_log_storage
    known = storage.get_concurrency_keys()
    for pool in POOLS:
        if pool not in known:
            storage.initialize_concurrency_limit_to_default(pool)
