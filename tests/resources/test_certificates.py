from __future__ import annotations

from pathlib import Path

import pytest

from resources.certificates import trusting
from resources.errors import SettingError
from resources.kibana import import_saved_objects
from resources.search_index import SearchIndex
from resources.settings import Settings


def test_without_an_authority_the_machines_own_are_trusted() -> None:
    context = trusting(None)
    assert context.check_hostname
    assert context.verify_mode.name == "CERT_REQUIRED"


@pytest.mark.parametrize("name", ["missing.pem", "empty.pem"])
def test_an_authority_that_cannot_be_read_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("no certificate")
    told = rf"REC_ELASTICSEARCH_CA .*{name} cannot be read as certificates"
    with pytest.raises(SettingError, match=told):
        SearchIndex("https://127.0.0.1:9200", ca=tmp_path / name)
    settings = Settings(kibana_url="https://127.0.0.1:9", elasticsearch_ca=tmp_path / name)
    with pytest.raises(SettingError, match=told):
        import_saved_objects(settings, b"")
