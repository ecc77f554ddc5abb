from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from rec_assets.commands import home
from rec_assets.commands.actions import keep_up, run_wheel
from rec_assets.commands.backfill import backfill_days
from resources.log_store import StoreUnavailable
from resources.settings import WHEEL_FILE, Settings


def test_the_first_run_settles_what_later_processes_read() -> None:
    settled = home.settle({"seed": 5, "users": 30})
    assert settled.start == date(2026, 1, 5)  # REC_START of the tests
    assert json.loads((settled.home / WHEEL_FILE).read_text("utf-8"))["seed"] == 5
    assert (Settings().seed, Settings().users) == (5, 30)


def test_asking_otherwise_later_is_refused() -> None:
    home.settle({"seed": 5})
    home.settle({"seed": 5})
    with pytest.raises(home.HomeError, match="begun with --seed 5, now 6"):
        home.settle({"seed": 6})


def test_the_environment_must_agree_with_what_was_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    home.settle({"seed": 5})
    monkeypatch.setenv("REC_SEED", "9")
    with pytest.raises(home.HomeError, match="begun with --seed 5, now 9"):
        home.settle({})


def test_the_command_line_wins_over_the_environment_for_children_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REC_SEED", "9")
    assert home.settle({"seed": 5}).seed == 5
    assert Settings().seed == 5


def test_what_would_be_settled_is_known_before_and_not_written() -> None:
    asked = {"seed": 5, "start": date(2026, 1, 6)}
    would = home.agreed(asked)
    assert (would.seed, would.start) == (5, date(2026, 1, 6))
    assert not (would.home / WHEEL_FILE).exists()
    settled = home.settle(asked)
    with pytest.raises(home.HomeError, match="begun with --seed 5, now 6"):
        home.agreed({"seed": 6})
    assert (settled.seed, settled.start) == (5, date(2026, 1, 6))


DAY = date(2026, 1, 6)
BEGINNINGS: list[Callable[[Console], object]] = [
    lambda console: run_wheel(console, {"seed": 5}),
    lambda console: backfill_days(console, DAY, DAY),
    keep_up,
]


@pytest.mark.parametrize("begin", BEGINNINGS, ids=["run", "backfill", "up"])
def test_a_command_whose_store_is_away_settles_nothing(
    monkeypatch: pytest.MonkeyPatch, begin: Callable[[Console], object]
) -> None:
    monkeypatch.setenv("REC_LOG_URL", "mongodb://127.0.0.1:9/x?serverSelectionTimeoutMS=100")
    monkeypatch.delenv("REC_START")
    with pytest.raises(StoreUnavailable):
        begin(Console(quiet=True))
    assert not (Settings().home / WHEEL_FILE).exists()


def test_nobody_else_reads_our_home() -> None:
    home.prepare(Settings())
    assert Settings().home.stat().st_mode & 0o077 == 0


def test_a_file_without_a_plain_name_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "bad\udcff.jsonl"
    source.write_text("{}\n", encoding="utf-8")
    with pytest.raises(home.HomeError, match="is no name for the inbox"):
        home.into_inbox(Settings(), source)


def test_a_decomposed_copy_takes_the_place_of_the_file_whose_name_it_has(tmp_path: Path) -> None:
    home.prepare(Settings())
    composed, decomposed = (unicodedata.normalize(form, "é.jsonl") for form in ("NFC", "NFD"))
    for name in (decomposed, composed, decomposed):
        (tmp_path / name).write_text("{}\n", encoding="utf-8")
        assert home.into_inbox(Settings(), tmp_path / name).name == composed
    assert [path.name for path in Settings().inbox.iterdir()] == [composed]
    lies_there = Settings().inbox / unicodedata.normalize("NFD", "ü.jsonl")
    lies_there.write_text("{}\n", encoding="utf-8")
    assert home.into_inbox(Settings(), lies_there) == lies_there


def test_a_file_goes_into_the_inbox_whole(tmp_path: Path) -> None:
    source = tmp_path / "export.jsonl"
    source.write_text("{}\n", encoding="utf-8")
    home.prepare(Settings())
    there = home.into_inbox(Settings(), source)
    assert there == Settings().inbox / "export.jsonl"
    assert [path.name for path in Settings().inbox.iterdir()] == ["export.jsonl"]


def test_dagsters_home_lies_under_ours_with_the_repositorys_settings() -> None:
    folder = home.prepare(Settings())
    assert folder.parent == Settings().home
    assert "telemetry" in (folder / "dagster.yaml").read_text("utf-8")
