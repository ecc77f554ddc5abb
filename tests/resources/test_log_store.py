"""The contract: what every log store does, on SQLite and over MongoDB's wire."""

from __future__ import annotations

import datetime
import decimal
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from resources.log_store import (
    MAX_BYTES,
    LogStore,
    RowsRefused,
    open_log_store,
    refusal,
)
from resources.records import Row

A = "editor_recommend_options"
PLAIN: dict[str, Any] = {
    "integers": [0, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63)],
    "floats": [0.0, -0.0, 1.0, 1e300, 5e-324, 0.1, 123456789012345680.0],
    "integral": 1.0,
    "texts": ["", "한국어 😀", "a\0b", "null", "1", "2020-01-01T00:00:00Z", "＄"],
    "others": [True, False, None, {}, []],
    "like an id": "507f1f77bcf86cd799439011",
}
FOREIGN: dict[str, Any] = {
    "$oid": "507f1f77bcf86cd799439011",
    "$date": "2020-01-01T00:00:00Z",
    "ref": {"$ref": "c", "$id": 1},
    "$": 1,
    "＄guarded": {"＄": 1, "＄＄x": 2},
    "a.b": {"c.d": [{"e.f": 1}]},
    "": 0,
    "_id": {"_id": "x"},
    "__type__": "x",
}


def nested(levels: int) -> Row:
    row: Row = {"x": 1}
    for _ in range(levels):
        row = {"a": row}
    return row


POISON: dict[str, Row] = {
    "integer of 2^63": {"a": 2**63},
    "integer of 2^64": {"a": [2**64]},
    "integer below -2^63": {"a": -(2**63) - 1},
    "NUL in a key": {"a\0": 1},
    "NUL in a nested key": {"a": [{"b\0": 1}]},
    "NaN": {"a": float("nan")},
    "infinity": {"a": {"b": [float("-inf")]}},
    "lone surrogate": {"a": "\ud800"},
    "lone surrogate in a key": {"a": {"\ud800": 1}},
    "key that is no string": {"a": {1: 2}},
    "datetime": {"a": datetime.datetime(2026, 1, 1)},
    "date": {"a": datetime.date(2026, 1, 1)},
    "bytes": {"a": b"x"},
    "decimal": {"a": decimal.Decimal(1)},
    "uuid": {"a": uuid.UUID(int=1)},
    "set": {"a": {1}},
    "tuple": {"a": (1, 2)},
    "deep nesting": nested(200),
    "too large": {"a": "x" * (MAX_BYTES + 1)},
    "too large as BSON only": {"a": [1] * 1_400_000},
    "_id that is no string": {"_id": 1},
    "empty _id": {"_id": ""},
    "_id with a lone surrogate": {"_id": "\udfff"},
}


def ids(store: LogStore, **chosen: Any) -> list[str]:
    return [row["_id"] for batch in store.scan(A, **chosen) for row in batch]


def days_of_users() -> list[Row]:
    return [
        {"_id": f"{day}-{n}", "day": day, "shard": n % 3, "user_id": f"u{n}", "arrived_on": day}
        for day in ("2026-01-02", "2026-01-01")
        for n in range(9)
    ]


def test_a_row_comes_back_as_it_was_given(store: LogStore) -> None:
    row = {"_id": "r", **PLAIN, "raw": FOREIGN}
    store.append(A, [row])
    assert repr(store.get(A, ["r"])) == repr({"r": row})
    assert repr(list(store.scan(A))) == repr([[row]])
    store.put(A, [{"_id": "r", "raw": [FOREIGN]}])
    assert store.get(A, ["r"]) == {"r": {"_id": "r", "raw": [FOREIGN]}}


def test_a_row_that_was_read_can_be_written_again(store: LogStore) -> None:
    store.append(A, [{"_id": "r", **PLAIN}])
    (row,) = store.get(A, ["r"]).values()
    assert store.put(A, [row]) == (1, [])
    assert type(row["integers"][3]) is int


def test_append_leaves_an_existing_row_as_it_is(store: LogStore) -> None:
    assert store.append(A, [{"_id": "a", "v": 1}, {"_id": "a", "v": 2}]).new == 1
    assert store.append(A, [{"_id": "a", "v": 3}, {"_id": "b", "v": 3}]).new == 1
    assert store.append(A, [{"_id": "a", "v": 4}]).new == 0
    assert store.get(A, ["b", "a"]) == {"b": {"_id": "b", "v": 3}, "a": {"_id": "a", "v": 1}}


def test_put_replaces_the_whole_row_and_the_last_of_equal_ids_stays(store: LogStore) -> None:
    store.append(A, [{"_id": "a", "old": 1, "user_id": "u"}])
    assert store.put(A, [{"_id": "a", "v": 1}, {"_id": "b"}, {"_id": "a", "v": 2}]).new == 3
    assert store.get(A, ["a", "b"]) == {"a": {"_id": "a", "v": 2}, "b": {"_id": "b"}}
    assert store.count(A, {"user_id": "u"}) == 0


def test_nothing_written_is_nothing_new(store: LogStore) -> None:
    assert store.append(A, []) == store.put(A, iter([])) == (0, [])
    assert store.get(A, []) == {}
    assert list(store.scan(A)) == []
    assert store.count(A) == store.delete(A, {}) == 0
    assert store.rows_by_day(A) == {}


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON)
def test_a_poison_row_is_refused_alone(store: LogStore, poison: Row) -> None:
    rows = [{"_id": "a"}, {"_id": "poison", **poison}, {"_id": "b"}]
    for write in (store.append, store.put):
        written = write(A, rows)
        assert written.new == 2
        assert [r.reason for r in written.refused] == [refusal(rows[1])]
        written.refused[0].id.encode()  # printable, whatever the _id was
    assert ids(store) == ["a", "b"]


def test_a_reason_quotes_nothing_that_the_row_says() -> None:
    for poison in POISON.values():
        reason = refusal({"_id": "r", **poison, "secret": "a private text"})
        assert reason is not None
        assert "private" not in reason
        assert len(reason) <= 200


@pytest.mark.parametrize("batch", [1, 4, 1000])
def test_scan_goes_in_the_order_of_ids_whatever_the_batch(store: LogStore, batch: int) -> None:
    rows = days_of_users()
    store.append(A, rows)
    batches = list(store.scan(A, batch=batch))
    assert [row for part in batches for row in part] == sorted(rows, key=lambda row: row["_id"])
    assert max(map(len, batches)) <= batch


@pytest.mark.parametrize("batch", [2, 1000])
def test_scan_finds_by_days_shards_and_fields(store: LogStore, batch: int) -> None:
    store.append(A, days_of_users())
    one = {"days": ["2026-01-01"], "shards": [0, 2], "batch": batch}
    assert ids(store, **one) == [f"2026-01-01-{n}" for n in (0, 2, 3, 5, 6, 8)]
    both = {"days": ["2026-01-02", "2026-01-01"], "where": {"user_id": "u4"}, "batch": batch}
    assert ids(store, **both) == ["2026-01-01-4", "2026-01-02-4"]
    assert ids(store, days=[]) == ids(store, shards=[]) == []
    assert ids(store, shards=[1], where={"day": "2026-01-02"}) == [
        f"2026-01-02-{n}" for n in (1, 4, 7)
    ]


def test_scan_returns_chosen_fields_and_always_the_id(store: LogStore) -> None:
    store.append(A, [{"_id": "a", "v": 1, "w": {"x": 1}}, {"_id": "b", "w": 2}])
    assert list(store.scan(A, fields=["w", "v"])) == [
        [{"_id": "a", "w": {"x": 1}, "v": 1}, {"_id": "b", "w": 2}]
    ]
    assert list(store.scan(A, fields=[])) == [[{"_id": "a"}, {"_id": "b"}]]


def test_late_rows_are_found_by_the_day_they_came(store: LogStore) -> None:
    late = {"_id": "late", "day": "2026-01-01", "arrived_on": "2026-01-02"}
    store.append(A, [*days_of_users(), late, {"_id": "no day", "arrived_on": "2026-01-02"}])
    found = ids(store, where={"arrived_on": "2026-01-02"})
    assert found == [*(f"2026-01-02-{n}" for n in range(9)), "late", "no day"]
    assert store.count(A, {"arrived_on": "2026-01-02", "day": "2026-01-01"}) == 1


def test_equality_is_by_type_and_null_is_also_absence(exact_store: LogStore) -> None:
    rows = {"true": True, "one": 1, "float": 1.0, "text": "1", "null": None}
    exact_store.append(A, [{"_id": k, "v": v} for k, v in rows.items()] + [{"_id": "absent"}])
    assert ids(exact_store, where={"v": True}) == ["true"]
    assert ids(exact_store, where={"v": 1}) == ["float", "one"]
    assert ids(exact_store, where={"v": "1"}) == ["text"]
    assert ids(exact_store, where={"v": None}) == ["absent", "null"]
    assert exact_store.count(A, {"v": None}) == exact_store.delete(A, {"v": None}) == 2


def test_columns_tell_types_apart_too(exact_store: LogStore) -> None:
    odd = [1, True, "1", None, ["1"]]
    rows = [{"_id": str(n), "user_id": v, "shard": v} for n, v in enumerate(odd)]
    exact_store.append(A, [row for row in rows if row["_id"] != "4"])
    for field in ("user_id", "shard"):
        assert [ids(exact_store, where={field: v}) for v in odd[:4]] == [["0"], ["1"], ["2"], ["3"]]


def test_count_days_and_delete_agree(store: LogStore) -> None:
    store.append(A, [*days_of_users(), {"_id": "without"}, {"_id": "number", "day": 7}])
    assert list(store.rows_by_day(A).items()) == [("2026-01-01", 9), ("2026-01-02", 9)]
    assert store.count(A) == 20
    assert store.count(A, {"user_id": "u3"}) == store.delete(A, {"user_id": "u3"}) == 2
    assert store.delete(A, {"day": "2026-01-01", "shard": 1}) == 3
    assert store.count(A) == 15
    assert store.delete(A, {}) == 15
    assert store.rows_by_day(A) == {}


def test_replace_leaves_exactly_the_rows_given(store: LogStore) -> None:
    store.append(A, days_of_users())
    new = [{"_id": f"2026-01-01-{n}", "day": "2026-01-01", "v": n} for n in (3, 40)]
    for _ in range(2):
        assert store.replace(A, {"day": "2026-01-01"}, new) == (2, [])
        assert [r for b in store.scan(A, days=["2026-01-01"]) for r in b] == new
        assert store.count(A) == 11
    assert store.replace(A, {"day": "2026-01-01"}, []).new == 0
    assert store.rows_by_day(A) == {"2026-01-02": 9}


def test_replace_drops_the_old_row_of_a_poison_one(store: LogStore) -> None:
    store.append(A, [{"_id": "a", "day": "1"}, {"_id": "b", "day": "1"}])
    poison = {"_id": "a", "day": "1", "v": float("nan")}
    written = store.replace(A, {"day": "1"}, [poison, {"_id": "c", "day": "1"}])
    assert (written.new, [r.id for r in written.refused]) == (1, ["a"])
    assert ids(store) == ["c"]


def test_replace_refuses_a_row_that_its_condition_does_not_find(store: LogStore) -> None:
    store.append(A, [{"_id": "a", "day": "1"}])
    with pytest.raises(ValueError, match="does not match day"):
        store.replace(A, {"day": "1"}, [{"_id": "b", "day": "2"}])
    assert ids(store) == ["a"]


@pytest.mark.parametrize("name", ["A", "a b", "a; DROP TABLE a", "", "system.users", "a-b", "ä"])
def test_a_collection_has_a_plain_name(store: LogStore, name: str) -> None:
    with pytest.raises(ValueError, match="is no collection"):
        store.count(name)


@pytest.mark.parametrize(
    "where", [{"$where": "1"}, {"a.b": 1}, {"a'": 1}, {"a": float("nan")}, {"a": 2**63}]
)
def test_a_condition_has_plain_fields_and_values(store: LogStore, where: Any) -> None:
    with pytest.raises(ValueError, match=r"no (field|row)"):
        store.delete(A, where)


def test_ids_that_no_row_can_have_are_absent(store: LogStore) -> None:
    store.append(A, [{"_id": "a"}])
    assert list(store.get(A, ["\ud800", "", "a", "a", "it's", "b\0"])) == ["a"]


def test_many_ids_are_looked_up_at_once(store: LogStore) -> None:
    store.append(A, ({"_id": f"{n:05}", "v": n} for n in range(2500)))
    assert len(store.get(A, [f"{n:05}" for n in range(5000)])) == 2500


def test_threads_that_append_the_same_rows_add_each_once(store: LogStore) -> None:
    rows = [{"_id": f"{n:04}", "v": n} for n in range(400)]
    with ThreadPoolExecutor(8) as pool:
        parts = [rows[start::4] for start in (0, 1, 2, 3)] * 2
        new = sum(written.new for written in pool.map(lambda part: store.append(A, part), parts))
    assert (new, store.count(A)) == (400, 400)


def test_rows_written_during_a_scan_do_not_disturb_it(store: LogStore) -> None:
    store.append(A, days_of_users())
    seen = []
    for batch in store.scan(A, days=["2026-01-01"], batch=3):
        store.delete(A, {"_id": "2026-01-01-8"})
        store.append(A, [{"_id": "2026-01-01-00", "day": "2026-01-02"}])
        seen += [row["_id"] for row in batch]
    assert seen == [f"2026-01-01-{n}" for n in range(8)]


def test_a_scan_that_is_left_early_harms_nothing(store: LogStore) -> None:
    store.append(A, days_of_users())
    for _ in range(3):
        assert len(next(iter(store.scan(A, days=["2026-01-01"], batch=2)))) == 2
    assert store.count(A) == 18


def test_the_store_is_chosen_by_the_scheme() -> None:
    with pytest.raises(ValueError, match="'postgres'"):
        open_log_store("postgres://host/db")
    with pytest.raises(ValueError, match="sqlite:///<file>"):
        open_log_store("sqlite://file")


def test_a_store_that_answers_says_so(store: LogStore) -> None:
    store.ping()


def test_a_refused_row_of_our_own_is_an_error(store: LogStore) -> None:
    assert store.append("user_profile", [{"_id": "u1", "day": "2026-01-05"}]).whole() == 1
    with pytest.raises(RowsRefused, match="u2 first"):
        store.append("user_profile", [{"_id": "u2", "n": float("nan")}]).whole()
