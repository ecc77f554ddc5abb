"""G, declared: the profiles of the users whom the day touched."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache

import dagster as dg

from rec_assets import manifests
from rec_assets.clusters.stored import read_above
from rec_assets.day_state import days_touched, require_day_before
from rec_assets.days import day_before
from rec_assets.declared import daily_asset
from rec_assets.profiles.evidence import Cells, FoldedDay, last_day
from rec_assets.profiles.profiles import Above, cells_by_user, profile, with_day
from rec_assets.shards import BLOCKS
from rec_assets.tables import column_schema, record_metadata
from rec_assets.training.assets import training_examples
from resources.log_store import LogStore
from resources.records import COLLECTIONS, Row, UserProfile, from_row, to_row
from resources.settings import Settings

G, H = COLLECTIONS["G"], COLLECTIONS["H"]
USERS_AT_ONCE = 2_000
EXAMPLE_FIELDS = (
    "user_id", "executed", "category", "intensity", "language", "text_language", "accepted",
    "changed", "origin",
)  # fmt: skip


@daily_asset(
    deps=[training_examples],
    kinds={"python"},
    personal_data="ids",
    code_version="1",
    metadata={"dagster/column_schema": column_schema(UserProfile)},
)
def user_profiles(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    log_store: dg.ResourceParam[LogStore],
) -> dg.MaterializeResult[None]:
    """G: what each user executed, as evidence per day, and the preferences that follow."""
    day = context.partition_key
    first_day = settings.first_day(datetime.now(UTC)).isoformat()
    require_day_before(log_store, day, first_day)
    again = manifests.begin(log_store, "user_profiles", day)
    counts: Counter[str] = Counter()

    @lru_cache
    def above_on(last: str) -> Above:
        return read_above(log_store, day_before(last), settings.house_language)

    for touched in days_touched(log_store, [H], day):
        for block in BLOCKS:
            cells = cells_by_user(_examples(log_store, touched, block))
            if again or touched != day:
                cells = _stale(log_store, touched, block) | cells
            users = sorted(cells)
            for start in range(0, len(users), USERS_AT_ONCE):
                part = {user: cells[user] for user in users[start : start + USERS_AT_ONCE]}
                counts.update(_write(log_store, touched, part, above_on))
    total = log_store.count(G)
    manifests.complete(log_store, "user_profiles", day, users=total, written=counts["written"])
    return dg.MaterializeResult(
        metadata={**record_metadata(total), "profiles": dict(sorted(counts.items()))}
    )


def _examples(store: LogStore, day: str, shards: Sequence[int]) -> list[Row]:
    batches = store.scan(H, days=[day], shards=shards, fields=EXAMPLE_FIELDS)
    return [row for batch in batches for row in batch]


def _stale(store: LogStore, day: str, shards: Sequence[int]) -> dict[str, Cells]:
    """Users whose profile holds the day already, each with nothing: they may have lost it."""
    batches = store.scan(G, shards=shards, fields=("evidence",))
    return {row["_id"]: [] for batch in batches for row in batch if day in row["evidence"]}


def _write(
    store: LogStore, day: str, cells: Mapping[str, Cells], above_on: Callable[[str], Above]
) -> Counter[str]:
    counts: Counter[str] = Counter()
    current = store.get(G, list(cells))
    rows: list[Row] = []
    for user_id, of_day in sorted(cells.items()):
        known = current.get(user_id)
        try:
            evidence, base = with_day(from_row(UserProfile, known) if known else None, day, of_day)
        except FoldedDay:  # older than 140 days before the user's last: too light to matter
            counts["folded"] += 1
            continue
        last = last_day(evidence, base)
        if last is None:
            counts["removed"] += store.delete(G, {"_id": user_id})
            continue
        rows.append(to_row(profile(user_id, evidence, base, above_on(last))))
    counts["written"] += store.put(G, rows).whole()
    return counts
