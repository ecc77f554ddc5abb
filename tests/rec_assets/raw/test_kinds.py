from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rec_assets.raw.kinds import understand_row
from rec_assets.raw.spellings import FIELDS, NESTS
from tests.rec_assets.raw.conftest import history, run, selection

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=4,
)
SPELLINGS = sorted({spelling for names in FIELDS.values() for spelling in names} | {*NESTS, "_id"})


def label(raw: dict[str, Any]) -> str | None:
    fault = understand_row(raw).fault
    return fault.label if fault else None


@pytest.mark.parametrize(
    ("raw", "kind", "action"),
    [
        (run(), "event", "run"),
        (selection(), "event", "selection"),
        (run(event="open_sidepanel"), "event", "visit"),
        (run(event="something_else"), "event", None),
        (history(), "correction_history", None),
        ({"_id": "u", "count": 3, "recent_execution_date": "2025-07-01"}, "usage_summary", None),
        ({"distinct_id": "u", "properties": {"$browser": "x"}}, "client_properties", None),
    ],
)
def test_a_row_is_recognised_by_its_shape(
    raw: dict[str, Any], kind: str, action: str | None
) -> None:
    reading = understand_row(raw)
    assert (reading.kind, reading.action, reading.fault) == (kind, action, None)


def test_the_customers_words_are_translated_at_the_door() -> None:
    fields = understand_row(
        run(field="general", maintenance="Strong", target_language="ko-KR")
    ).fields
    assert [fields[n] for n in ("category", "intensity", "language")] == ["none", "strong", "ko"]


@pytest.mark.parametrize(
    "raw",
    [
        {"event": "run_paraphrasing", "properties": {**run(), "event": None}},
        {"eventName": "run_paraphrasing", "data": {**run(), "event": None}},
        {
            "eventName": "run_paraphrasing",
            "distinctId": "u1",
            "timestamp": "2025-06-15T15:06:40Z",
            "properties": {
                "$user_id": "u1", "$device_id": "d1", "$insert_id": "i1", "field": "email",
                "maintenance": "moderate", "targetLanguage": "korean", "tone": "formal",
                "inputSentenceLength": 20,
            },
        },
    ],
)  # fmt: skip
def test_an_export_of_another_make_says_the_same(raw: dict[str, Any]) -> None:
    ours, theirs = understand_row(run(event="run_paraphrasing")), understand_row(raw)
    assert theirs.fault is None
    assert (theirs.kind, theirs.action, theirs.second) == (ours.kind, ours.action, ours.second)
    wanted = ("category", "intensity", "language", "user_id", "device_id", "insert_id", "length")
    assert {n: theirs.fields.get(n) for n in wanted} == {n: ours.fields.get(n) for n in wanted}


def test_null_outside_gives_way_to_what_lies_inside() -> None:
    reading = understand_row({"event": "x", "user_id": None, "time": 0, "data": {"user_id": "u9"}})
    assert reading.fields["user_id"] == "u9"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"hello": 1}, "unknown kind"),
        (run(user_id=None, distinct_id=None, device_id=None), "no user"),
        (run(user_id=" ", distinct_id="$device:", device_id={}), "no user"),
        (history(user=None), "no user"),
        (run(time=None), "no time"),
        (run(time=5), "absurd time"),
        (history(created_at="yesterday"), "absurd time"),
        (run(field="poem"), "category not ours"),
        (run(field=["email"]), "category not ours"),
        (history(intensity="extreme"), "intensity not ours"),
        (run(target_language="fr"), "language not ours"),
        (run(event="open_sidepanel", field="poem"), None),
        (run(target_language=None), None),
        (
            {"_id": {"$oid": "u"}, "count": 1, "recent_execution_date": {"$date": "2025-07-01"}},
            None,
        ),
    ],
)
def test_the_fault_of_a_row_is_told(raw: dict[str, Any], expected: str | None) -> None:
    assert label(raw) == expected


def test_the_sentence_names_the_value_and_what_was_expected() -> None:
    fault = understand_row(run(field="poem")).fault
    assert fault is not None
    assert fault.sentence == (
        "Its category 'poem' is not one of "
        "thesis, report, article, email, marketing, customer_service, none."
    )


@given(st.dictionaries(st.sampled_from(SPELLINGS), VALUES | st.dictionaries(st.text(), VALUES)))
@settings(deadline=None)
def test_no_row_raises(raw: dict[str, Any]) -> None:
    reading = understand_row(raw)
    assert reading.day is None or len(reading.day) == 10
    assert reading.fault is None or reading.fault.sentence.endswith(".")
