"""Per-user work cut into blocks of shards, and the map that runs it: in process or on Dask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from resources.records import SHARDS

BLOCKS: Final = tuple(tuple(range(start, start + 32)) for start in range(0, SHARDS, 32))

In = TypeVar("In")
Out = TypeVar("Out")


def run_map(
    function: Callable[[In], Out], items: Iterable[In], dask_scheduler: str = ""
) -> Iterator[Out]:
    """The function's results in the order of the items; one item in memory without Dask."""
    if not dask_scheduler:
        yield from map(function, items)
        return
    from distributed import Client  # the extra `dask`

    with Client(dask_scheduler) as client:  # type: ignore[no-untyped-call]
        for future in client.map(function, list(items)):
            yield future.result()
