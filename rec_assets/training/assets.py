"""H, declared: the day's chains joined, earlier days redone where rows came late."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import partial

import dagster as dg

from rec_assets import manifests
from rec_assets.day_state import days_touched
from rec_assets.days import days_before
from rec_assets.declared import daily_asset
from rec_assets.plots import markdown_image
from rec_assets.shards import BLOCKS, run_map
from rec_assets.tables import column_schema, record_metadata
from rec_assets.traffic.assets import simulated_traffic
from rec_assets.training.day_counts import DayCounts, keep_counts, read_counts
from rec_assets.training.examples import Chains, join_chains, outcomes
from rec_assets.training.plots import DAYS_SHOWN, accept_rates, day_funnel
from resources.log_store import LogStore
from resources.records import COLLECTIONS, Row, TrainingExample, to_row
from resources.settings import Settings

H = COLLECTIONS["H"]
CHOICE = ("source_paraphrase_event_id", "selected_index")  # of D: no text is read
VECTOR = ("embedding", "encoder_version")  # of E, likewise
CONTEXTS_AT_ONCE = 500


@daily_asset(
    deps=[simulated_traffic],
    kinds={"python"},
    personal_data="ids",
    code_version="3",
    metadata={"dagster/column_schema": column_schema(TrainingExample)},
)
def training_examples(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    log_store: dg.ResourceParam[LogStore],
) -> dg.MaterializeResult[None]:
    """H: each recommendation with what followed: executed option, acceptance, ground truth."""
    day = context.partition_key
    manifests.begin(log_store, "training_examples", day)
    counts: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    redone = days_touched(log_store, (COLLECTIONS[letter] for letter in "ABCD"), day)
    join = partial(join_chains, consistency_seconds=settings.consistency_seconds)
    for touched in redone:
        chains = (_read(log_store, touched, block) for block in BLOCKS)
        joined = run_map(join, chains, settings.dask_scheduler)
        of_day = DayCounts()
        for block, examples in zip(BLOCKS, joined, strict=True):
            _write(log_store, touched, block, examples.rows)
            dropped.update(examples.dropped)
            counts.update(outcome for row in examples.rows for outcome in outcomes(row))
            of_day.take(examples.rows)
            of_day.drop(examples.dropped)
            of_day.answered += examples.answered
        keep_counts(log_store, touched, of_day)
    manifests.complete(
        log_store,
        "training_examples",
        day,
        rows=counts["examples"],
        dropped=dropped.total(),
        late_days=redone[:-1],
    )
    return dg.MaterializeResult(
        metadata={
            **record_metadata(counts["examples"], counts["simulated"]),
            "days": redone,
            "outcomes": dict(sorted(counts.items())),
            "dropped": dict(sorted(dropped.items())),
            **_pictures(log_store, day),
        }
    )


def _pictures(store: LogStore, day: str) -> dict[str, dg.MarkdownMetadataValue]:
    counts = read_counts(store, [day, *days_before(day, DAYS_SHOWN - 1)])
    drawn = {"funnel": day_funnel(day, counts[day])}
    if any(of_day.executed for of_day in counts.values()):
        drawn["accept_rate"] = accept_rates(counts)
    return {name: dg.MetadataValue.md(markdown_image(uri)) for name, uri in drawn.items()}


def _read(store: LogStore, day: str, shards: Sequence[int]) -> Chains:
    def rows(letter: str, fields: Sequence[str] | None = None) -> list[Row]:
        batches = store.scan(COLLECTIONS[letter], days=[day], shards=shards, fields=fields)
        return [row for batch in batches for row in batch]

    events = rows("A")
    contexts = sorted({row["context_hash"] for row in events})
    blocks: dict[str, Row] = {}
    for start in range(0, len(contexts), CONTEXTS_AT_ONCE):
        found = store.get(COLLECTIONS["E"], contexts[start : start + CONTEXTS_AT_ONCE])
        blocks.update((key, {name: e[name] for name in VECTOR}) for key, e in found.items())
    return Chains(events, rows("B"), rows("C"), rows("D", CHOICE), blocks)


def _write(
    store: LogStore, day: str, shards: tuple[int, ...], rows: Sequence[TrainingExample]
) -> None:
    """Make H of the day's shards exactly these rows; a shard that lost its rows is emptied."""
    by_shard: defaultdict[int, list[TrainingExample]] = defaultdict(list)
    for batch in store.scan(H, days=[day], shards=shards, fields=("shard",)):
        for stale in batch:
            by_shard[stale["shard"]] = []
    for row in rows:
        by_shard[row.shard].append(row)
    for shard, of_shard in sorted(by_shard.items()):
        store.replace(H, {"day": day, "shard": shard}, map(to_row, of_shard)).whole()
