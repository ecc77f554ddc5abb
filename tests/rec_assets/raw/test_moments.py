from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rec_assets.raw.moments import EARLIEST, LATEST, seconds


@pytest.mark.parametrize(
    "value",
    [
        1_750_000_000,
        1_750_000_000.0,
        1_750_000_000_000,
        "1750000000",
        "1750000000000",
        "2025-06-15T15:06:40Z",
        "2025-06-15T15:06:40.000+00:00",
        "2025-06-16T00:06:40+09:00",
        "2025-06-15 15:06:40",
        {"$date": "2025-06-15T15:06:40Z"},
        {"$date": {"$numberLong": "1750000000000"}},
    ],
)
def test_every_spelling_is_the_same_moment(value: object) -> None:
    assert seconds(value) == 1_750_000_000


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -5, 99, 10**13 * 9, 10**400, float("nan"), float("inf"), "", "soon", "9" * 40,
     "9999-12-31T23:59:59-23:59", "٣" * 10, [], {}, {"$date": {}}, {"$date": {"a": {}}}],
)  # fmt: skip
def test_what_is_no_sensible_time_is_none(value: object) -> None:
    assert seconds(value) is None


@given(st.integers() | st.floats() | st.text() | st.datetimes().map(str))
def test_a_moment_is_sensible_or_none(value: object) -> None:
    moment = seconds(value)
    assert moment is None or EARLIEST <= moment < LATEST
