"""Records A–L: the way to a store's row and back, and the lists that stand in one place."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from resources import records
from resources.log_store import encode_row, refusal
from resources.packed_arrays import pack, unpack
from resources.records import (
    ALL_COLLECTIONS,
    COLLECTIONS,
    SCHEMA_VERSION,
    SHARDS,
    TEXT_FIELDS,
    SchemaError,
    from_row,
    to_row,
)
from resources.row_keys import day_of, digest_id, shard_of
from resources.state_digest import DIGEST_FIELDS
from tests import builders

KINDS: dict[str, type[msgspec.Struct]] = {
    "A": records.RecommendEvent,
    "B": records.ParaphraseEvent,
    "C": records.SelectionEvent,
    "D": records.CorrectionHistory,
    "E": records.ContextBlock,
    "G": records.UserProfile,
    "H": records.TrainingExample,
    "I": records.RecommendLog,
    "J": records.ClusterProfile,
    "K": records.FullDocument,
    "L": records.DocumentSnapshot,
}
EVERY_KIND = (*KINDS.values(), records.ClusterMember)
# Strings that are no text of people: ids, dates, options' words, codes, numbers in base64.
NO_TEXT = {
    "_id", "user_id", "day", "arrived_on", "origin", "recommend_session_id", "doc_id",
    "context_hash", "text_language", "p_vec", "p_doc", "p_user", "p_cluster", "scores",
    "recommended_intensity", "profile_source", "cluster_id", "degraded", "policy",
    "source_recommend_event_id", "source_paraphrase_event_id", "correction_history_id",
    "category", "intensity", "language", "llm_provider", "llm_name", "embedding",
    "encoder_version", "text_hash", "slate", "ground_truth", "consistency_flag", "error",
    "restriction", "versions", "reco_options", "settings", "weights", "cache_hits",
    "match_metrics", "evidence", "base", "request_hash", "snapshot_id", "explain",
}  # fmt: skip

PLAIN = {
    str: st.text(),
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    type(None): st.none(),
    Any: st.none() | st.booleans() | st.integers(0, 9) | st.text(),
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Anything a field of this type may hold."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is list:
        return st.lists(values(inner[0]), max_size=3)
    if origin is dict:
        return st.dictionaries(st.sampled_from("abc"), values(inner[1]))
    if origin in (UnionType, Union):
        return st.one_of(*map(values, inner))
    return PLAIN[kind]


def any_record(kind: type[msgspec.Struct]) -> st.SearchStrategy[msgspec.Struct]:
    hints = get_type_hints(kind)
    drawn = {name: values(hints[name]) for name in kind.__struct_fields__}
    return st.builds(kind, **drawn | {"id": st.text(min_size=1), "schema_version": st.just(1)})


@pytest.mark.parametrize("kind", EVERY_KIND)
@given(data=st.data())
def test_a_record_comes_back_from_a_stores_row(
    kind: type[msgspec.Struct], data: st.DataObject
) -> None:
    record = data.draw(any_record(kind))
    assert from_row(kind, orjson.loads(encode_row(to_row(record)))) == record


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_row_of_a_newer_schema_is_refused_with_what_to_do(kind: type[msgspec.Struct]) -> None:
    row = {"_id": "x", "schema_version": SCHEMA_VERSION + 1}
    with pytest.raises(SchemaError, match=f"{kind.__name__} 'x' has schema_version 2.*update"):
        from_row(kind, row)


def test_a_field_that_does_not_fit_is_named() -> None:
    with pytest.raises(SchemaError, match=r"SelectionEvent 'c1': .*\$\.accepted"):
        from_row(records.SelectionEvent, builders.selection(accepted="perhaps"))


def test_a_field_that_is_missing_is_named() -> None:
    row = builders.run()
    del row["category"]
    with pytest.raises(SchemaError, match=r"ParaphraseEvent 'b1': .*category"):
        from_row(records.ParaphraseEvent, row)


def test_a_row_from_before_the_schema_had_a_number_is_read() -> None:
    row = builders.selection()
    del row["schema_version"]
    assert from_row(records.SelectionEvent, row).schema_version == SCHEMA_VERSION


@pytest.mark.parametrize(
    "row",
    [
        builders.recommendation(),
        builders.run(),
        builders.selection(),
        builders.correction(),
        builders.example(),
    ],
)
def test_the_rows_tests_are_built_of_are_rows_a_store_takes(row: dict[str, Any]) -> None:
    assert refusal(row) is None


def holds_strings(kind: Any) -> bool:
    return kind in (str, Any) or any(map(holds_strings, get_args(kind)))


@pytest.mark.parametrize(("letter", "kind"), KINDS.items())
def test_every_field_that_can_hold_peoples_text_is_listed(
    letter: str, kind: type[msgspec.Struct]
) -> None:
    strings = {f.encode_name for f in msgspec.structs.fields(kind) if holds_strings(f.type)}
    assert strings - NO_TEXT == set(TEXT_FIELDS.get(COLLECTIONS[letter], ()))


def test_text_lies_in_collections_that_exist() -> None:
    assert set(TEXT_FIELDS) <= set(ALL_COLLECTIONS)
    assert len(set(ALL_COLLECTIONS)) == len(ALL_COLLECTIONS)


@pytest.mark.parametrize(("letter", "names"), DIGEST_FIELDS.items())
def test_a_digest_covers_fields_that_exist_and_no_text(letter: str, names: tuple[str, ...]) -> None:
    exist = {f.encode_name for f in msgspec.structs.fields(KINDS[letter])}
    assert set(names) <= exist
    assert len(set(names)) == len(names)
    assert names[0] == "_id"
    assert not set(names) & {*TEXT_FIELDS.get(COLLECTIONS[letter], ()), "arrived_on", "versions"}


@given(st.text(st.characters(exclude_categories=())))
def test_a_shard_is_one_of_256_whatever_the_user_id(user_id: str) -> None:
    assert 0 <= shard_of(user_id) < SHARDS
    assert shard_of(user_id) == shard_of(user_id)


def test_a_shard_is_the_crc32_that_other_programs_compute() -> None:
    assert shard_of("123456789") == 0xCBF43926 % 256


@given(st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31)))
def test_the_day_is_the_utc_date_of_a_time(moment: datetime) -> None:
    milliseconds = (moment - datetime(1970, 1, 1)) // timedelta(milliseconds=1)
    assert day_of(milliseconds) == moment.date().isoformat()


def test_the_last_millisecond_belongs_to_the_day() -> None:
    midnight = 1_772_409_600_000
    assert (day_of(midnight - 1), day_of(midnight)) == ("2026-03-01", "2026-03-02")


@given(
    st.lists(st.text("ab\x1f|:1", max_size=3), max_size=4),
    st.lists(st.text("ab\x1f|:1", max_size=3), max_size=4),
)
def test_different_parts_have_different_ids(one: list[str], other: list[str]) -> None:
    assert (digest_id(*one) == digest_id(*other)) == (one == other)


def test_an_id_is_the_same_in_every_process() -> None:
    assert digest_id("user", "문장", "\ud800") == "385ad2735f7c0c50e8bf26a6442f5dd8"
    assert digest_id("user\x1f", "") != digest_id("user", "\x1f")


@given(arrays(np.float64, st.integers(0, 99), elements=st.floats(allow_nan=False)))
def test_float64_comes_back_bit_by_bit(numbers: np.ndarray) -> None:
    assert unpack(pack(numbers, "<f8"), "<f8").tobytes() == numbers.tobytes()


@given(arrays(np.float32, st.integers(0, 99), elements=st.floats(allow_nan=False, width=32)))
def test_float32_comes_back_bit_by_bit(numbers: np.ndarray) -> None:
    assert unpack(pack(numbers)).tobytes() == numbers.tobytes()


def test_a_matrix_that_is_not_contiguous_is_packed_in_the_order_of_its_rows() -> None:
    numbers = np.arange(12, dtype=np.float32).reshape(3, 4)
    assert unpack(pack(numbers.T)).tolist() == numbers.T.reshape(-1).tolist()


def test_what_is_unpacked_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        unpack(pack(np.ones(3)))[0] = 2
