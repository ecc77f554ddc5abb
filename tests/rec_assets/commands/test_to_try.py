"""What a run without bots and without an encoder ends with."""

from __future__ import annotations

import json
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

from resources.settings import WHEEL_FILE
from tests.rec_assets.command_line import not_json, recwheel

BARE = {"REC_SIMULATE": "false", "REC_ENCODER": "none"}


def test_a_run_in_which_nobody_is_judged_ends_with_a_command_that_the_service_answers(
    tmp_path: Path,
) -> None:
    home, yesterday = tmp_path / "home", (datetime.now(UTC) - timedelta(days=1)).date()
    home.mkdir()
    begun = {"start": str(yesterday), "seed": 2, "users": 120, "sessions": 1500, "days": 2}
    (home / WHEEL_FILE).write_text(json.dumps(begun), encoding="utf-8")
    done = recwheel(home, "run", "--json", **BARE)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout, parse_constant=not_json)
    assert figures["days"] == [yesterday.isoformat()]
    assert "1 of 2 days are not over yet (UTC)" in done.stderr
    assert "users see it" not in done.stderr
    words = shlex.split(done.stderr.splitlines()[-1])
    asked = json.loads(words[words.index("-d") + 1])
    assert asked["selected_text"] == figures["text"] != ""
    key = recwheel(home, "key").stdout  # with its line break
    asking = ("recommend", "--user", asked["user_id"], asked["selected_text"], "--json")
    answer = recwheel(home, *asking, REC_API_KEY=key, **BARE)
    assert answer.returncode == 0, answer.stderr
    assert len(json.loads(answer.stdout)["reco_options"]) == 5
