"""How far a long step is: lines in Dagster's log, a bar on a terminal, one line where none is."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from rec_assets.commands.progress_bar import shown
from rec_assets.progress import counter, listening
from tests.rec_assets.wheel import DAYS, Wheel, wheel


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def counted(seconds: float, steps: int, planned: int | None) -> list[str]:
    """The lines of `steps` units, each `seconds` after the one before."""
    clock, lines = Clock(), list[str]()
    count = counter("sessions of d", planned, lines.append, clock)
    for _ in range(steps):
        clock.now += seconds
        count(1)
    return lines


def test_each_tenth_is_a_line_with_rate_and_remaining_time() -> None:
    lines = counted(0.5, 40, 40)
    assert len(lines) == 10
    assert lines[0] == "4 of 40 sessions of d, 2 a second, 18 s remain"
    assert lines[-1] == "40 of 40 sessions of d, 2 a second"


def test_where_a_tenth_takes_long_a_line_comes_every_ten_seconds() -> None:
    assert len(counted(6.0, 30, 1000)) == 15


def test_without_a_plan_lines_come_by_the_clock_alone() -> None:
    assert counted(1.0, 25, None) == [
        "10 sessions of d, 1 a second",
        "20 sessions of d, 1 a second",
    ]


def test_the_rate_is_that_of_late() -> None:
    clock, lines = Clock(), list[str]()
    count = counter("rows", 100, lines.append, clock)
    clock.now += 1000
    count(10)
    clock.now += 1
    count(10)
    assert lines[-1] == "20 of 100 rows, 10 a second, 8 s remain"


def test_a_listener_hears_of_every_unit_and_the_log_has_its_lines_too() -> None:
    heard, lines = list[tuple[int, int | None]](), list[str]()
    with listening(lambda done, planned: heard.append((done, planned))):
        count = counter("rows", 3, lines.append, Clock())
    for _ in range(3):
        count(1)
    assert heard == [(1, 3), (2, 3), (3, 3)]
    assert len(lines) == 3


def drawn(terminal: bool, work: Callable[[Any], None]) -> str:
    """What a step writes to a console."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=120)
    with shown(console, "2026-01-05: sessions", "sessions") as step:
        work(step)
    return out.getvalue()


def three_of_three(step: Any) -> None:
    for done in (1, 2, 3):
        step.now(done, 3)
    step.end("2026-01-05: complete")


def test_piped_a_step_is_one_line_without_control_codes() -> None:
    lines = drawn(False, three_of_three).splitlines()
    assert re.fullmatch(r"2026-01-05: sessions: 3 sessions in \d+\.\d s, [\d,]+ a second", lines[0])
    assert re.fullmatch(r"2026-01-05: complete in \d+\.\d s", lines[1])
    assert len(lines) == 2


def test_a_terminal_shows_count_rate_elapsed_and_remaining_time() -> None:
    text = re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", drawn(True, three_of_three))
    last = text.strip().splitlines()[-1]
    assert "2026-01-05: complete" in last
    assert "3/3" in last
    assert "sessions/s" in last
    assert len(re.findall(r"\d:\d\d:\d\d", last)) == 2


def test_a_step_of_unknown_length_shows_what_is_done() -> None:
    def rows(step: Any) -> None:
        step.now(1000, None)
        step.end("read")

    assert "1000/?" in drawn(True, rows)
    assert re.fullmatch(r"read in \d+\.\d s\n", drawn(False, rows))


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Dagster's log lines of the traffic of one day."""
    folder: Path = tmp_path_factory.mktemp("progress")
    with wheel(folder, sessions=60) as whole:
        return log_lines(whole)


def log_lines(whole: Wheel) -> list[str]:
    whole.complete(DAYS[0], only=("simulated_traffic",))
    (run,) = whole.instance.get_runs(limit=1)
    return [entry.user_message for entry in whole.instance.all_logs(run.run_id)]


def test_dagsters_log_says_how_far_the_bots_are(turned: list[str]) -> None:
    told = [line for line in turned if f"sessions of {DAYS[0]}" in line]
    assert len(told) == 10
    pattern = rf"\d+ of 20 sessions of {DAYS[0]}, [\d,]+ a second(, [\d,]+ s remain)?"
    assert all(re.fullmatch(pattern, line) for line in told)
