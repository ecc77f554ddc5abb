"""Digests: equal for equal states on every store, different for what matters."""

from __future__ import annotations

from pathlib import Path

import pytest

from resources.log_store import LogStore
from resources.records import COLLECTIONS, PERSONAS, Row
from resources.sqlite_log_store import SqliteLogStore
from resources.state_digest import collection_digest, state_digests

NUMBERS = [0.0, -0.0, 1, 1.0, 1e300, 2**53 + 1, 2**63 - 1, -(2**63), 0.1, 1e-7]
A_ROWS: list[Row] = [
    {"_id": f"a{n}", "user_id": "한", "settings": {"b": number, "a": None}, "latency_ms": n}
    for n, number in enumerate(NUMBERS)
]
PERSONA: Row = {"_id": "Mailer", "share": 1.0, "hours": [], "created_at": 1}


def fill(store: LogStore, rows: list[Row]) -> LogStore:
    for row in rows:
        store.append(COLLECTIONS["A"], [row])
    store.append(PERSONAS, [PERSONA])
    return store


@pytest.fixture
def other(tmp_path: Path) -> LogStore:
    return SqliteLogStore(tmp_path / "other.sqlite")


def test_every_letter_has_a_digest_and_empty_ones_are_alike(store: LogStore) -> None:
    digests = state_digests(store)
    assert list(digests) == ["A", "B", "C", "G", "H", "J", "personas"]
    assert len(set(digests.values())) == 1


def test_equal_rows_have_equal_digests_on_every_store_in_any_order(
    store: LogStore, other: LogStore
) -> None:
    shuffled = [dict(reversed(row.items())) for row in reversed(A_ROWS)]
    assert state_digests(fill(store, A_ROWS)) == state_digests(fill(other, shuffled))
    other.close()


def test_a_copied_state_has_the_same_digest(store: LogStore, other: LogStore) -> None:
    fill(store, A_ROWS)
    for batch in store.scan(COLLECTIONS["A"], batch=3):
        assert other.append(COLLECTIONS["A"], batch).new == len(batch)
    assert collection_digest(other, "A") == collection_digest(store, "A")
    other.close()


@pytest.mark.parametrize(
    "change", [{"settings": {"b": 5}}, {"user_id": "x"}, {"scores": "AA"}, {"created_at": 1}]
)
def test_what_was_decided_changes_the_digest(store: LogStore, change: Row) -> None:
    before = state_digests(fill(store, A_ROWS))
    store.put(COLLECTIONS["A"], [{**A_ROWS[0], **change}])
    after = state_digests(store)
    assert [letter for letter in before if before[letter] != after[letter]] == ["A"]


def test_the_clock_changes_no_digest(store: LogStore) -> None:
    before = state_digests(fill(store, A_ROWS))
    store.put(COLLECTIONS["A"], [{**A_ROWS[0], "latency_ms": 99, "arrived_on": "2026-01-09"}])
    store.put(PERSONAS, [{**PERSONA, "created_at": 2}])
    assert state_digests(store) == before
