"""Cron lines: what is refused, and that what passes is what Dagster takes."""

import pytest
from dagster._utils.schedules import is_valid_cron_string

from resources.cron import why_no_cron


@pytest.mark.parametrize(
    "line", ["10 2 * * *", "* * * * *", "*/5 1-3,7 * * 1", "0 0 1 jan MON-FRI", "59 23 31 12 7"]
)
def test_a_line_that_passes_is_one_that_dagster_takes(line: str) -> None:
    assert why_no_cron(line) is None
    assert is_valid_cron_string(line)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("every day", "has 2 fields: five are needed"),
        ("10 2 * * * *", "has 6 fields"),
        ("61 2 * * *", "'61' is no minute of a schedule: use 0 to 59"),
        ("0 24 * * *", "'24' is no hour"),
        ("0 0 0 * *", "'0' is no day of the month"),
        ("0 0 * * lundi", "'lundi' is no weekday"),
        ("*/0 * * * *", "'\\*/0' is no minute"),
        ("5-1 * * * *", "'5-1' is no minute"),
    ],
)
def test_a_line_that_says_no_time_is_refused_with_the_field_in_question(
    line: str, words: str
) -> None:
    with pytest.raises(AssertionError, match=words):
        assert why_no_cron(line) is None, why_no_cron(line)
