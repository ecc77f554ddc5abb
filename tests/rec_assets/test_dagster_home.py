from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from rec_assets import dagster_home
from rec_assets.definitions import defs
from rec_assets.jobs import mine


def revision(home: Path) -> str:
    with closing(sqlite3.connect(home / "dagster" / "history" / "runs.db")) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def lay_out(home: Path) -> str:
    home.mkdir(exist_ok=True)
    dagster_home.configure(home)
    with dagster_home.instance(home):
        return revision(home)


def test_a_storage_whose_first_start_was_killed_is_laid_out_anew(tmp_path: Path) -> None:
    newest = lay_out(tmp_path / "whole")
    home = tmp_path / "half"
    lay_out(home)
    (home / "dagster" / dagster_home.MADE).unlink()
    with closing(sqlite3.connect(home / "dagster" / "history" / "runs.db")) as connection:
        connection.execute("DROP TABLE alembic_version")
    assert lay_out(home) == newest


def test_a_storage_that_holds_runs_is_kept(tmp_path: Path) -> None:
    home = tmp_path / "home"
    lay_out(home)
    with dagster_home.instance(home) as instance:
        run = instance.create_run_for_job(defs.resolve_job_def(mine.name))
    (home / "dagster" / dagster_home.MADE).unlink()
    with dagster_home.instance(home) as instance:
        assert instance.get_run_by_id(run.run_id) is not None
