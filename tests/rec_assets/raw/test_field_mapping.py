from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rec_assets.raw.activity import read_activity
from rec_assets.raw.field_mapping import MappingError, read_mapping, vocabulary_of
from rec_assets.raw.kinds import understand_row
from rec_assets.raw.load import load_file
from rec_assets.raw.vocabulary import OWN
from resources.records import QUARANTINE, RAW
from resources.settings import Settings
from resources.sqlite_log_store import SqliteLogStore
from tests.rec_assets.raw.conftest import Write, run

MAPPING = {
    "fields": {"docType": "category", "level": "intensity", "ctx.lang.out": "language",
               "who": "user_id", "at": "time", "what": "event", "browser": ""},
    "values": {"category": {"Thesis/Paper": "thesis"}, "intensity": {"3": "strong"}},
    "events": {"rewrite clicked": "editor_run_paraphrasing", "hover": ""},
}  # fmt: skip
THEIRS = {
    "what": "rewrite clicked", "who": "u1", "at": 1_750_000_000, "docType": " thesis/paper ",
    "level": 3, "ctx": {"lang": {"out": "Korean"}}, "browser": "Chrome",
}  # fmt: skip


def mapping(tmp_path: Path, content: Any) -> Path:
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_mapping_makes_an_unknown_row_a_run(tmp_path: Path) -> None:
    assert understand_row(THEIRS).kind == "unknown"
    reading = understand_row(THEIRS, read_mapping(mapping(tmp_path, MAPPING)))
    assert (reading.kind, reading.action, reading.fault) == ("event", "run", None)
    wanted = {"category": "thesis", "intensity": "strong", "language": "ko", "user_id": "u1"}
    assert {name: reading.fields[name] for name in wanted} == wanted


def test_what_is_known_without_a_mapping_stays_known_with_one(tmp_path: Path) -> None:
    mapped = read_mapping(mapping(tmp_path, MAPPING))
    assert understand_row(run(field="General"), mapped) == understand_row(run(field="General"))


def test_what_a_mapping_says_comes_before_what_is_known(tmp_path: Path) -> None:
    mapped = read_mapping(mapping(tmp_path, {"fields": {"kind": "category"}}))
    assert understand_row(run(kind="thesis", field="email"), mapped).fields["category"] == "thesis"
    assert understand_row(run(kind=None, field="email"), mapped).fields["category"] == "email"


def test_a_mapped_field_may_lie_under_properties(tmp_path: Path) -> None:
    mapped = read_mapping(mapping(tmp_path, MAPPING))
    inside = {"what": "rewrite clicked", "properties": {**THEIRS, "what": None}}
    assert understand_row(inside, mapped).fields["category"] == "thesis"


def test_toml_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text('[fields]\ndocType = "category"\n[values.category]\npoem = "article"\n')
    fields = understand_row({**run(field=None), "docType": "poem"}, read_mapping(path)).fields
    assert fields["category"] == "article"


def test_the_stored_row_stays_as_it_came_and_mining_reads_it_by_the_mapping(
    tmp_path: Path, write: Write, store: SqliteLogStore
) -> None:
    path, mapped = write([THEIRS]), read_mapping(mapping(tmp_path, MAPPING))
    assert load_file(path, store, "theirs").quarantined == {"unknown kind": 1}
    assert load_file(path, store, "theirs", mapped).kinds == {"event": 1}
    (sealed,) = [row for batch in store.scan(RAW) for row in batch]
    assert (sealed["raw"], sealed["kind"]) == (THEIRS, "event")
    assert read_activity([sealed], mapped).runs["category"].tolist() == ["thesis"]
    assert read_activity([sealed]).persons == 0
    assert store.count(QUARANTINE) == 1  # of the load without the mapping


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"fields": {"docType": "categry"}}, ["'docType'", "'categry'", "did you mean 'category'"]),
        ({"values": {"category": {"poem": "poetry"}}}, ["values.category", "'poetry'", "thesis"]),
        ({"values": {"tone": {"x": "formal"}}}, ["values.tone", "category, intensity, language"]),
        ({"events": {"clicked": "run"}}, ["'clicked'", "editor_run_paraphrasing"]),
        ({"field": {}}, ["'field'", "did you mean 'fields'"]),
        ({"fields": {"docType": 3}}, ["fields, 'docType'", "a word of ours"]),
        ({"fields": []}, ["fields must be an object"]),
        ([], ["the file must be an object"]),
    ],
)
def test_a_mapping_that_cannot_be_used_names_the_entry_and_what_is_allowed(
    tmp_path: Path, content: Any, words: list[str]
) -> None:
    with pytest.raises(MappingError) as error:
        read_mapping(mapping(tmp_path, content))
    assert "mapping.json" in str(error.value)
    assert [word for word in words if word not in str(error.value)] == []


@pytest.mark.parametrize("name", ["mapping.json", "mapping.toml", "nowhere.json"])
def test_a_file_that_is_no_mapping_is_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "mapping.json").write_text("{", encoding="utf-8")
    (tmp_path / "mapping.toml").write_text("= 3", encoding="utf-8")
    with pytest.raises(MappingError, match=name):
        read_mapping(tmp_path / name)


def test_the_mapping_of_the_settings_is_that_of_the_environment_else_of_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REC_HOME", str(tmp_path / "home"))
    assert vocabulary_of(Settings()) is OWN
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "field_mapping.json").write_text('{"fields": {"a": "category"}}')
    assert vocabulary_of(Settings()).ours("a") == ["category"]
    monkeypatch.setenv("REC_FIELD_MAPPING", str(mapping(tmp_path, MAPPING)))
    assert vocabulary_of(Settings()).ours("docType") == ["category"]
    monkeypatch.setenv("REC_FIELD_MAPPING", str(tmp_path / "gone.json"))
    with pytest.raises(MappingError, match=r"gone\.json cannot be read"):
        vocabulary_of(Settings())
