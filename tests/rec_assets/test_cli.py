"""What a new user sees: one command from a raw export to personal recommendations."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from resources.settings import REPOSITORY
from resources.text_language import detect_language
from tests.kills.wheels import SMALL, Clean
from tests.rec_assets.command_line import recwheel, recwheel_json
from tests.rec_assets.foreign_export import TRADES, write_foreign_export

LETTERS = {"personas", "A", "B", "C", "H", "G", "J"}


def test_the_first_run_leaves_whole_chains_with_rejections(first_run: dict[str, Any]) -> None:
    criteria = first_run["exit_criteria"]
    assert criteria["chains"] >= 1000
    assert criteria["complete_chains"] >= 700
    assert criteria["rejections"] > 0
    assert first_run["orphans"] == {"B": 0, "C": 0}


def test_profiles_and_clusters_are_built_from_them(first_run: dict[str, Any]) -> None:
    built = first_run["exit_criteria"]["profiles"]
    assert built["H"] == first_run["records"]["A"]
    assert built["G"] >= 100
    assert 5 <= built["J"] <= 10
    assert 5 <= len(first_run["personas"]) <= 10


def test_the_personas_option_comes_first_as_often_as_tastes_allow(
    first_run: dict[str, Any],
) -> None:
    criteria = first_run["exit_criteria"]
    assert criteria["users_judged"] >= 40
    assert set(criteria["users_judged_by_persona"]) == set(first_run["personas"])
    assert min(criteria["users_judged_by_persona"].values()) >= 3
    assert criteria["persona_first_of_ceiling"] >= 0.9
    assert criteria["gain"]["low"] > 0


def test_each_personas_most_frequent_first_option_is_its_own(first_run: dict[str, Any]) -> None:
    frequent = first_run["exit_criteria"]["most_frequent_first"]
    assert {name: first["own"] for name, first in frequent.items()} == dict.fromkeys(frequent, True)


def test_one_sentence_gives_users_of_different_personas_different_firsts(
    first_run: dict[str, Any],
) -> None:
    seen = first_run["sample"]
    assert detect_language(first_run["text"]) == "ko"  # the house language
    assert len({one["option"] for one in seen}) == 3
    assert len({one["persona"] for one in seen}) == 3
    for one in seen:
        assert sum(one["contributions"].values()) == pytest.approx(one["score"], abs=1e-12)


def test_the_same_command_again_changes_nothing(
    first_home: Path, first_run: dict[str, Any]
) -> None:
    again = recwheel_json(first_home, "run")
    assert again["digests"] == first_run["digests"]
    assert again["records"] == first_run["records"]


def test_status_answers_what_scripts_read(first_home: Path, first_run: dict[str, Any]) -> None:
    status = recwheel_json(first_home, "status")
    assert set(status["digests"]) == LETTERS
    assert len(status["days"]) == 3
    assert status["simulated_share"] == 1.0
    assert status["records"]["A"] == status["sessions"] == first_run["sessions"]


def test_the_report_is_one_page_with_its_pictures_inside(
    first_home: Path, first_run: dict[str, Any]
) -> None:
    page = (first_home / "reports" / f"{first_run['days'][-1]}.html").read_text("utf-8")
    assert "data:image/png;base64," in page
    assert "Simulated traffic" in page
    assert 'src="http' not in page


def test_a_seed_gives_one_result_whatever_hash_order_and_concurrency(
    tmp_path: Path, few: dict[str, str], clean: Clean
) -> None:
    alone = {"PYTHONHASHSEED": "1", "REC_CONCURRENCY": "1", **few}
    one = recwheel_json(tmp_path / "one", "run", *SMALL, **alone)
    assert one["digests"] == clean.answer["digests"]  # sixteen at a time, another hash order
    assert one["sessions"] == 60


def test_another_seed_in_a_home_that_was_begun_is_refused(
    first_home: Path, first_run: dict[str, Any]
) -> None:
    done = recwheel(first_home, "run", "--seed", "99")
    assert done.returncode == 1
    assert "was begun with --seed 2" in done.stderr


def test_recommend_answers_at_the_command_line(used_home: Path, first_run: dict[str, Any]) -> None:
    user = first_run["sample"][0]["user_id"]
    answer = recwheel_json(
        used_home, "recommend", "--user", user, "회의 일정을 다시 잡고 싶습니다."
    )
    assert answer["profile_source"] == "user"
    assert len(answer["reco_options"]) == 5


def test_a_service_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    done = recwheel(
        tmp_path, "recommend", "--user", "u", "안녕하세요", REC_API_URL="http://127.0.0.1:9"
    )
    assert done.returncode == 1
    assert "no service answers at REC_API_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_no_export_is_put_aside_with_its_reason(
    tmp_path: Path, few: dict[str, str]
) -> None:
    (tmp_path / "notes.txt").write_text("dear diary,\nno json here\n", encoding="utf-8")
    done = recwheel(tmp_path / "home", "load", str(tmp_path / "notes.txt"), **few)
    assert "put aside: 2" in done.stdout.replace("\n", " ")
    assert "Traceback" not in done.stderr + done.stdout


def test_personas_edited_into_nonsense_name_entry_and_field(
    tmp_path: Path, few: dict[str, str]
) -> None:
    entry = {"name": "X", "preferred_category": "poem", "preferred_intensity": "strong",
             "style_prompt": "…", "accept_rate": 0.8, "origin": "manual"}  # fmt: skip
    home = tmp_path / "home"
    home.mkdir()
    (home / "personas.json").write_text(json.dumps([entry]), encoding="utf-8")
    write_foreign_export(tmp_path / "export.jsonl")
    done = recwheel(home, "load", str(tmp_path / "export.jsonl"), **few)
    assert done.returncode == 1
    assert "preferred_category" in done.stderr
    assert "thesis" in done.stderr


def test_git_sees_nothing_of_a_run() -> None:
    made = [".recwheel/recwheel.sqlite", ".venv/stamp-run", "recwheel.egg-info/PKG-INFO"]
    command = ["git", "check-ignore", "--no-index", *made]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.stdout.split() == made


def test_an_export_of_another_make_is_mined(tmp_path: Path, few: dict[str, str]) -> None:
    write_foreign_export(tmp_path / "foreign.jsonl")
    answer = recwheel_json(tmp_path / "home", "load", str(tmp_path / "foreign.jsonl"), **few)
    found = answer["files"]["foreign.jsonl"]
    assert found["quarantined"] == 0
    assert found["unknown_events"] == {"Panel Viewed": 240}
    mined = {
        (p["preferred_category"], p["preferred_intensity"]) for p in answer["mined"]["personas"]
    }
    assert mined == set(TRADES)


def test_an_export_without_a_usable_run_says_why_it_is_not_mined(
    tmp_path: Path, few: dict[str, str]
) -> None:
    row = {"event": "pageview_ad inflow", "user_id": "u1", "time": 1_767_225_600}
    (tmp_path / "views.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    done = recwheel(tmp_path / "home", "load", str(tmp_path / "views.jsonl"), **few)
    assert done.returncode == 1
    assert "the raw store holds no usable run" in done.stderr.replace("\n", " ")


def test_a_changed_export_from_another_folder_takes_the_place_of_the_former(
    tmp_path: Path, few: dict[str, str]
) -> None:
    home, row = tmp_path / "home", {"event": "editor_run_paraphrasing", "time": 1_767_225_600,
           "field": "email", "maintenance": "weak", "target_language": "ko"}  # fmt: skip
    for month, users in (("january", 3), ("february", 5)):
        (tmp_path / month).mkdir()
        rows = [
            {**row, "user_id": f"{month}-{n}", "insert_id": f"{month}-{n}"} for n in range(users)
        ]
        path = tmp_path / month / "export.jsonl"
        path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
        found = recwheel_json(home, "load", str(path), **few)["files"]["export.jsonl"]
    assert (found["stored_new"], found["removed"]) == (5, 3)
    (home / "inbox" / "export.jsonl").unlink()
    status = recwheel_json(home, "status")
    assert status["records"]["raw"] == 5
    assert status["files"] == {"loaded": 1, "removed": ["export.jsonl"]}
