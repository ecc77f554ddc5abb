"""`recwheel run` with an Elasticsearch that is away at first."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path

from rec_assets import manifests
from rec_assets.golden.index import GOLDEN, compare_day
from rec_assets.golden.rows import read_personas
from resources.log_store import open_log_store
from resources.search_index import SearchIndex
from resources.settings import Settings
from tests.kills.wheels import SMALL
from tests.rec_assets.command_line import recwheel
from tests.resources.elasticsearch_contract.server import contract_server

DAYS = ("2026-01-05", "2026-01-06")
PERSONAS_OF_THE_SAMPLE = 8


def test_without_elasticsearch_the_days_stand_and_the_next_run_sends_them(
    tmp_path: Path, begun: Path, few: dict[str, str]
) -> None:
    home = Path(shutil.copytree(begun, tmp_path / "home"))
    with contract_server(tmp_path / "elasticsearch") as server:
        settings = {**few, "REC_ELASTICSEARCH_URL": server.url}
        server.kill()
        done = recwheel(home, "run", *SMALL, "--json", **settings, REC_ELASTICSEARCH_PATIENCE_S="0")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["days"] == list(DAYS)
        words = " ".join(done.stderr.split())
        for day in DAYS:
            assert f"{day}: golden_index: " in words
        assert f"Elasticsearch at {server.url} does not answer" in words
        server.start()
        done = recwheel(home, "run", *SMALL, "--json", **settings)
        assert done.returncode == 0, done.stderr
        assert "does not answer" not in done.stderr
        own = Settings(home=home, users=20)
        with closing(open_log_store(own.store_url)) as store:
            assert manifests.days(store, "golden_index") == list(DAYS)
            for day in DAYS:
                index = SearchIndex(server.url)
                for found in compare_day(index, store, day, read_personas(store, own)):
                    assert found.wanted == found.found
                    assert found.found.rows == 30
            rows = [row for day in DAYS for row in index.rows(GOLDEN, day)]
    executed = [row for row in rows if row["executed"]]
    assert all(row["first_plain"] in (0, 1) for row in executed)
    assert all((row["first_shown"] == 1) == (row["slate_position"] == 0) for row in executed)
    assert len({row["persona"] for row in rows}) == PERSONAS_OF_THE_SAMPLE
