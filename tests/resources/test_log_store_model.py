"""Any sequence of verbs leaves a store as it leaves a dict."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.log_store import LogStore, refusal
from resources.records import Row

Model = dict[str, Row]
_names = (f"model_{n}" for n in itertools.count())

keys = st.text(max_size=5)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.binary(max_size=1)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)
days = st.sampled_from(["2026-01-01", "2026-01-02"])
ids = st.sampled_from(["a", "b", "c", "2026-01-01/c", "한", "é", "z"]) | st.text(max_size=3)
rows = st.fixed_dictionaries(
    {"_id": ids, "day": days, "shard": st.integers(0, 2), "raw": values},
    optional={"user_id": st.sampled_from(["u", "v"]), "arrived_on": days},
)
many = st.lists(rows, max_size=5)
where = st.fixed_dictionaries(
    {}, optional={"day": days, "shard": st.integers(0, 2), "user_id": st.sampled_from(["u", "v"])}
)
fields = st.lists(st.sampled_from(["_id", "day", "raw", "user_id", "absent"]), max_size=4)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), many),
        st.tuples(st.just("put"), many),
        st.tuples(st.just("replace"), days, many),
        st.tuples(st.just("delete"), where),
    ),
    max_size=8,
)


def exactly(rows: object) -> bytes:
    """What tells 1 from 1.0 and 0.0 from -0.0, and not the order of a row's fields."""
    return orjson.dumps(rows, option=orjson.OPT_SORT_KEYS)


def matches(row: Row, condition: Row) -> bool:
    return all(row.get(field) == value for field, value in condition.items())


def append(model: Model, new: list[Row]) -> int:
    before = len(model)
    for row in new:
        model.setdefault(row["_id"], row)
    return len(model) - before


def put(model: Model, new: list[Row]) -> int:
    model.update((row["_id"], row) for row in new)
    return len(new)


def replace(model: Model, day: str, new: list[Row]) -> int:
    delete(model, {"day": day})
    return put(model, new)


def delete(model: Model, condition: Row) -> int:
    gone = [identity for identity, row in model.items() if matches(row, condition)]
    for identity in gone:
        del model[identity]
    return len(gone)


VERBS: dict[str, Callable[..., int]] = {"append": append, "put": put, "delete": delete}


def play(store: LogStore, collection: str, model: Model, step: tuple[Any, ...]) -> None:
    verb, *rest = step
    if verb == "delete":
        assert store.delete(collection, rest[0]) == delete(model, rest[0])
        return
    given_rows = [{**row, "day": rest[0]} for row in rest[1]] if verb == "replace" else rest[0]
    good = [row for row in given_rows if refusal(row) is None]
    if verb == "replace":
        written = store.replace(collection, {"day": rest[0]}, given_rows)
        assert written.new == replace(model, rest[0], good)
    else:
        written = getattr(store, verb)(collection, given_rows)
        assert written.new == VERBS[verb](model, good)
    assert len(written.refused) == len(given_rows) - len(good)


@settings(max_examples=40)
@given(steps, where, fields, st.integers(1, 4))
def test_a_store_answers_as_a_dict_would(
    store: LogStore,
    sequence: list[tuple[Any, ...]],
    condition: Row,
    chosen: list[str],
    batch: int,
) -> None:
    model: Model = {}
    collection = next(_names)
    for step in sequence:
        play(store, collection, model, step)
    expected = [model[identity] for identity in sorted(model)]
    every = [row for part in store.scan(collection, batch=batch) for row in part]
    assert exactly(every) == exactly(expected)
    found = [row for part in store.scan(collection, where=condition, batch=batch) for row in part]
    assert exactly(found) == exactly([row for row in expected if matches(row, condition)])
    parts = [row for part in store.scan(collection, fields=chosen) for row in part]
    wanted = [{k: row[k] for k in ("_id", *chosen) if k in row} for row in expected]
    assert exactly(parts) == exactly(wanted)
    assert store.count(collection, condition) == len(found)
    by_day = Counter(row["day"] for row in expected)
    assert list(store.rows_by_day(collection).items()) == sorted(by_day.items())
    assert exactly(store.get(collection, sorted(model))) == exactly(model)
