"""The reference pages are those of the code, and leave nothing out."""

import msgspec
import pytest

from rec_assets.commands.reference import PAGES, RECORDS, WRITTEN
from resources.field_meanings import OWN, SHARED, meaning
from resources.records import ALL_COLLECTIONS, COLLECTIONS, ClusterMember
from resources.settings import Settings
from tests.readme import ROOT


@pytest.mark.parametrize("name", PAGES)
def test_the_page_in_docs_is_the_one_that_the_code_makes(name: str) -> None:
    told = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert told == PAGES[name](), "run: .venv/bin/recwheel reference docs"


def test_every_collection_is_told_with_who_writes_it() -> None:
    assert set(WRITTEN) == set(ALL_COLLECTIONS)
    assert set(RECORDS) == set(COLLECTIONS)


@pytest.mark.parametrize("record", [*RECORDS.values(), ClusterMember])
def test_every_field_has_a_meaning(record: type[msgspec.Struct]) -> None:
    for field in msgspec.structs.fields(record):
        if field.name != "schema_version":
            assert meaning(record, field.encode_name).strip(), field.name


def test_no_meaning_is_told_of_a_field_that_is_not_there() -> None:
    fields = {kind: {f.encode_name for f in msgspec.structs.fields(kind)} for kind in OWN}
    for kind, own in OWN.items():
        assert set(own) <= fields[kind], kind
    assert set(SHARED) <= set().union(*fields.values())


def test_every_setting_says_what_it_is_for() -> None:
    assert [n for n, field in Settings.model_fields.items() if not field.description] == []
