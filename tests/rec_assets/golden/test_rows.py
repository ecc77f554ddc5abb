from __future__ import annotations

import pytest

from rec_assets.golden.columns import COLUMNS
from rec_assets.golden.index import BOTH, GOLDEN, REQUESTS
from rec_assets.golden.requests import REQUEST_COLUMNS, request_row
from rec_assets.golden.rows import first_of, golden_row
from resources.records import TEXT_FIELDS
from tests.builders import example
from tests.rec_assets.golden.day_rows import request_log

PLAIN_SECOND = [0.1, 0.3, 0.2]  # of the builder's slate: without personalization the second leads


def firsts(**changes: object) -> tuple[object, object]:
    row = golden_row(example(slate_plain=PLAIN_SECOND, **changes), {})
    return row["first_shown"], row["first_plain"]


def test_an_executed_option_is_first_as_shown_or_first_without_personalization() -> None:
    assert firsts() == (1, 0)
    assert firsts(intensity="moderate") == (0, 1)
    assert firsts(category="report") == (0, 0)


@pytest.mark.parametrize("unknown", [{"executed": False}, {"slate": []}])
def test_without_an_execution_or_a_slate_neither_is_known(unknown: dict[str, object]) -> None:
    assert firsts(**unknown) == (None, None)
    assert golden_row(example(slate_plain=None), {})["first_shown"] is None
    old = example()
    del old["slate_plain"]  # made before the field was kept
    assert golden_row(old, {})["first_plain"] is None


def test_equal_scores_are_ordered_by_the_options_ids() -> None:
    assert first_of(["report/weak/ko", "email/weak/ko"], [0.5, 0.5]) == "email/weak/ko"


def test_a_simulated_user_has_its_persona_and_a_live_one_none() -> None:
    personas = {"sim-00001": "Academic"}
    assert golden_row(example(user_id="sim-00001"), personas)["persona"] == "Academic"
    assert golden_row(example(user_id="u1"), personas)["persona"] is None


def test_a_request_has_numbers_and_no_text() -> None:
    row = request_row(request_log("a1"))
    assert set(row) == {column.name for column in REQUEST_COLUMNS}
    assert (row["request_id"], row["latency_ms"]) == ("a1", 4.25)
    assert (row["cache_hit_profile"], row["cache_hit_document"]) == (True, False)


def test_every_column_is_mapped_and_none_holds_text() -> None:
    texts = {field for fields in TEXT_FIELDS.values() for field in fields}
    for series, columns in ((GOLDEN, COLUMNS), (REQUESTS, REQUEST_COLUMNS)):
        assert set(series.fields) == {column.name for column in columns}
        assert not texts & set(series.fields)


def test_what_reading_back_and_erasure_ask_for_are_keywords() -> None:
    for series in BOTH:
        for field in (series.key, "day", "user_id"):
            assert series.fields[field] == {"type": "keyword"}
