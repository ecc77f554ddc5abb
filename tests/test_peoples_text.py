"""Where people's text lies after a first run: in the places that are told, and nowhere else."""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from rec_assets.definitions import defs
from rec_assets.personas.persona import read_personas
from rec_assets.personas.stored import QUOTING_FIELDS
from resources.log_store import open_log_store
from resources.records import ALL_COLLECTIONS, COLLECTIONS, RAW, TEXT_FIELDS, Row
from tests.readme import ROOT

TITLE = "## Where people's text lies"
Place = tuple[str, str]  # collection and field
TOLD = {(name, field) for name, fields in TEXT_FIELDS.items() for field in fields}
QUOTING = {(name, field) for name, fields in QUOTING_FIELDS.items() for field in fields}
LONG = 9  # characters: a shorter text may stand somewhere by chance


@pytest.fixture(scope="module")
def rows(used_home: Path) -> dict[str, list[Row]]:
    """Every row that the first run left, by collection."""
    with closing(open_log_store(f"sqlite:///{used_home / 'recwheel.sqlite'}")) as store:
        return {
            name: [row for part in store.scan(name) for row in part] for name in ALL_COLLECTIONS
        }


@pytest.fixture(scope="module")
def quoted(used_home: Path) -> set[str]:
    """The prompts that personas quote."""
    listed = read_personas(used_home / "personas.json")
    return {prompt for persona in listed for prompt in persona.prompts if len(prompt) >= LONG}


@pytest.fixture(scope="module")
def written(rows: dict[str, list[Row]]) -> set[str]:
    """What people of the export and bots wrote, and what they were offered."""
    found = {text for row in rows[COLLECTIONS["D"]][:200] for text in row["output_sentences"]}
    found |= {row["input_sentence"] for row in rows[COLLECTIONS["D"]][:200]}
    exported = (row["raw"].get("input_sentence") for row in rows[RAW])
    found |= set([text for text in exported if isinstance(text, str)][:200])
    return {text for text in found if len(text) >= LONG}


def test_what_people_wrote_lies_in_the_fields_that_are_named_alone(
    rows: dict[str, list[Row]], written: set[str]
) -> None:
    found = fields_with(rows, written)
    assert found <= TOLD
    assert {(RAW, "raw"), (COLLECTIONS["D"], "output_sentences")} <= found


def test_what_many_wrote_is_quoted_in_the_fields_that_are_named_alone(
    rows: dict[str, list[Row]], quoted: set[str]
) -> None:
    assert fields_with(rows, quoted) - TOLD == QUOTING


def test_every_file_with_text_in_it_is_told(
    used_home: Path, written: set[str], quoted: set[str]
) -> None:
    found = files_with(used_home, written | quoted)
    assert found == {"recwheel.sqlite", "redis/", "inbox/", "dagster/", "personas.json"}
    assert found <= places_told()


def test_every_collection_with_text_in_it_is_told() -> None:
    assert {*TEXT_FIELDS, *QUOTING_FIELDS} <= places_told()


@pytest.mark.parametrize("name", ["mined_personas", "personas"])
def test_an_asset_that_quotes_people_says_so(name: str) -> None:
    (spec,) = [spec for spec in defs.resolve_all_asset_specs() if spec.key.path == [name]]
    assert spec.tags["personal_data"] == "text"


def places_told() -> set[str]:
    """What the section of docs/operations.md names as code."""
    section = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").split(TITLE)[1]
    return set(re.findall(r"`([^`]+)`", section.partition("\n## ")[0]))


def fields_with(rows: dict[str, list[Row]], texts: set[str]) -> set[Place]:
    """The fields in which one of the texts stands."""
    held: dict[Place, list[str]] = defaultdict(list)
    for name, listed in rows.items():
        for row in listed:
            for field, value in row.items():
                held[name, field] += strings(value)
    whole = {place: "\0".join(found) for place, found in held.items()}
    return {place for place, found in whole.items() if any(text in found for text in texts)}


def strings(value: Any) -> Iterator[str]:
    """Every string in a value of JSON, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        inner = (*value, *value.values()) if isinstance(value, dict) else value
        for one in inner:
            yield from strings(one)


def files_with(home: Path, texts: Iterable[str]) -> set[str]:
    """The files and folders directly under `home` in which one of the texts stands."""
    forms = [form for text in texts for form in (text.encode(), json.dumps(text)[1:-1].encode())]
    found = set[str]()
    for path in (path for path in home.rglob("*") if path.is_file()):
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
        if any(form in content for form in forms):
            top = path.relative_to(home).parts
            found.add(top[0] + "/" * (len(top) > 1))
    return found
