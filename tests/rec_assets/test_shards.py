"""Blocks of shards, and one result in one order with the builtin map and with Dask."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from rec_assets.shards import BLOCKS, run_map
from rec_assets.training.examples import Chains, join_chains
from resources.records import SHARDS
from tests.builders import recommendation, run, selection


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    from distributed import LocalCluster

    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        yield cluster.scheduler_address


def test_the_blocks_are_all_shards_each_once() -> None:
    assert [shard for block in BLOCKS for shard in block] == list(range(SHARDS))


def test_the_builtin_map_takes_an_item_only_when_its_result_is_asked_for() -> None:
    taken = []
    results = run_map(str, (taken.append(k) or k for k in range(9)))  # type: ignore[func-returns-value]
    assert taken == []
    assert (next(results), taken) == ("0", [0])
    assert (next(results), taken) == ("1", [0, 1])


def test_dask_gives_the_results_in_the_order_of_the_items(scheduler: str) -> None:
    items = [9, 2, 7, 2, 0, 5]
    assert list(run_map(partial(pow, 3), items, scheduler)) == [3**k for k in items]


def chains(block: int) -> Chains:
    """One chain of a user, and a B without its A."""
    a, b, c = f"a{block}", f"b{block}", f"c{block}"
    return Chains([recommendation(a)], [run(b, a), run("x", "y")], [selection(c, b)], [], {})


def test_dask_gives_the_same_training_examples_as_the_builtin_map(scheduler: str) -> None:
    join = partial(join_chains, consistency_seconds=60.0)
    blocks = [chains(k) for k in range(len(BLOCKS))]
    assert list(run_map(join, blocks, scheduler)) == list(run_map(join, blocks))


def test_what_fails_on_dask_fails_here(scheduler: str) -> None:
    with pytest.raises(ZeroDivisionError):
        list(run_map(partial(divmod, 1), [1, 0, 2], scheduler))


def test_no_items_are_no_results(scheduler: str) -> None:
    assert list(run_map(str, [])) == list(run_map(str, [], scheduler)) == []
