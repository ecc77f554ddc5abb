from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from rec_assets.commands import dagster_home
from rec_assets.definitions import defs
from rec_assets.jobs import mine


def databases(home: Path) -> list[Path]:
    folder = home / "dagster"
    names = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")
    return [folder / name for name in names]


def rows(database: Path, table: str) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return sorted(row[0] for row in connection.execute(f"SELECT * FROM {table}"))


def lay_out(home: Path) -> list[list[str]]:
    """Open Dagster's storage; the schema version of each database and the indexes it knows."""
    home.mkdir(exist_ok=True)
    dagster_home.configure(home)
    with dagster_home.instance(home):
        return [rows(each, "alembic_version") for each in databases(home)]


def test_a_storage_whose_first_start_was_killed_is_made_whole(tmp_path: Path) -> None:
    newest = lay_out(tmp_path / "whole")
    home = tmp_path / "half"
    lay_out(home)
    (home / "dagster" / dagster_home.MADE).unlink()
    for database in databases(home):
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("DROP TABLE alembic_version")
            if "secondary_indexes" in tables(database):
                connection.execute("DELETE FROM secondary_indexes")
                connection.commit()
    assert lay_out(home) == newest
    for database in databases(home):
        if "secondary_indexes" in tables(database):
            whole = tmp_path / "whole" / database.relative_to(home)
            assert len(rows(database, "secondary_indexes")) == len(rows(whole, "secondary_indexes"))


def test_a_storage_that_holds_runs_keeps_them(tmp_path: Path) -> None:
    home = tmp_path / "home"
    lay_out(home)
    with dagster_home.instance(home) as instance:
        run = instance.create_run_for_job(defs.resolve_job_def(mine.name))
    (home / "dagster" / dagster_home.MADE).unlink()
    with dagster_home.instance(home) as instance:
        assert instance.get_run_by_id(run.run_id) is not None


def test_nothing_but_the_commands_own_words_is_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lay_out(tmp_path / "home")
    assert capfd.readouterr() == ("", "")


def tables(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'table'"
        return [row[0] for row in connection.execute(query)]


def test_the_pools_hold_one_run_from_the_daemons_first_look_on(tmp_path: Path) -> None:
    lay_out(tmp_path / "home")
    with dagster_home.instance(tmp_path / "home") as instance:
        limits = {pool.name: pool.limit for pool in instance.event_log_storage.get_pool_limits()}
        known = instance.event_log_storage.get_concurrency_keys()
    assert limits == {"daily_chain": 1, "raw_exports": 1}
    assert known == set(limits)
