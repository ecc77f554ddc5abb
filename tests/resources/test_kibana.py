from __future__ import annotations

from typing import Any

import pytest

from resources.errors import SettingError
from resources.kibana import KibanaRefused, KibanaUnavailable, import_saved_objects
from resources.search_patience import Patience
from resources.settings import Settings
from tests.resources.kibana_contract import kibana_server

VIEW = b'{"type":"index-pattern","id":"v","attributes":{"title":"v"},"references":[]}\n'
DANGLING = (
    b'{"type":"dashboard","id":"d","attributes":{},'
    b'"references":[{"type":"visualization","id":"gone","name":"p"}]}\n'
)
QUICK = Patience(0.2, 0.01, 0.05)


def at(url: str, **more: Any) -> Settings:
    return Settings(kibana_url=url, **more)


def test_objects_are_put_and_put_again() -> None:
    with kibana_server() as kibana:
        assert import_saved_objects(at(kibana.url), VIEW, QUICK) == 1
        assert import_saved_objects(at(kibana.url), VIEW, QUICK) == 1
        assert list(kibana.objects) == [("index-pattern", "v")]


def test_a_kibana_that_still_starts_is_waited_for() -> None:
    with kibana_server(not_ready=3) as kibana:
        assert import_saved_objects(at(kibana.url), VIEW, QUICK) == 1
        assert kibana.asked == 4


def test_one_that_never_comes_is_a_sentence_without_the_password() -> None:
    with pytest.raises(KibanaUnavailable) as caught:
        import_saved_objects(at("http://elastic:hunter2@127.0.0.1:9"), VIEW, QUICK)
    assert "Kibana at http://127.0.0.1:9 does not answer (ConnectError): check" in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("secret", "given"),
    [
        ("ApiKey bXk6a2V5", {"elasticsearch_api_key": "bXk6a2V5"}),
        ("Basic ZWxhc3RpYzpxdWlldA==", {"elasticsearch_password": "quiet"}),
    ],
)
def test_it_has_the_credentials_of_elasticsearch(secret: str, given: dict[str, str]) -> None:
    with kibana_server(secret=secret) as kibana:
        assert import_saved_objects(at(kibana.url, **given), VIEW, QUICK) == 1
        with pytest.raises(KibanaRefused, match=r"refuses these credentials \(401\)"):
            import_saved_objects(at(kibana.url), VIEW, QUICK)


def test_objects_that_are_not_taken_are_named() -> None:
    with (
        kibana_server() as kibana,
        pytest.raises(KibanaRefused, match=r"dashboard d: .*missing_references.*gone"),
    ):
        import_saved_objects(at(kibana.url), DANGLING, QUICK)


def test_another_address_is_told() -> None:
    with kibana_server() as kibana, pytest.raises(KibanaRefused, match="404, Not Found"):
        import_saved_objects(at(f"{kibana.url}/elsewhere"), VIEW, QUICK)


def test_no_url_is_a_setting_error() -> None:
    with pytest.raises(SettingError, match="REC_KIBANA_URL is not set: it must be"):
        import_saved_objects(at(""), VIEW, QUICK)


@pytest.mark.parametrize(
    "url",
    ["elastic:hunter2@127.0.0.1:9", "htps://elastic:hunter2@127.0.0.1:9",
     "http://elastic:hunt/er2@127.0.0.1:9", "http://elastic:hunter2@127.0.0.1:hunter2"],
)  # fmt: skip
def test_a_url_that_is_none_is_a_setting_error_without_the_password(url: str) -> None:
    with pytest.raises(SettingError, match="REC_KIBANA_URL") as caught:
        import_saved_objects(at(url), VIEW, QUICK)
    assert "hunt" not in str(caught.value)
