"""Keys that no header can carry: each client's error names the setting, never the key."""

from __future__ import annotations

import traceback
from collections.abc import Callable

import pytest
from pydantic import SecretStr

from resources.errors import SettingError
from resources.header_secrets import sendable
from resources.kibana import import_saved_objects
from resources.paraphrase_client import open_paraphraser
from resources.search_index import open_search_index
from resources.service_process import simulator_key
from resources.settings import Settings

BROKEN = ("hunter\nsecond", "hunter\u00e9", "hunter\x00", "hunter\udcff")
CLIENTS: dict[str, Callable[[SecretStr], object]] = {
    "REC_API_KEY": lambda key: simulator_key(Settings(api_key=key)),
    "REC_LLM_KEY": lambda key: open_paraphraser(
        Settings(llm_url="http://127.0.0.1:9", llm_model="m", llm_key=key)
    ),
    "REC_ELASTICSEARCH_API_KEY": lambda key: open_search_index(
        Settings(elasticsearch_url="http://127.0.0.1:9", elasticsearch_api_key=key)
    ),
}


@pytest.mark.parametrize("key", BROKEN)
@pytest.mark.parametrize("setting", CLIENTS)
def test_a_key_that_no_header_can_carry_is_a_sentence_without_it(setting: str, key: str) -> None:
    with pytest.raises(SettingError, match=f"{setting} holds a line break") as caught:
        CLIENTS[setting](SecretStr(key))
    assert "hunter" not in "".join(traceback.format_exception(caught.value, chain=True)[-1:])
    assert caught.value.__context__ is None


def test_kibana_gets_none_either() -> None:
    settings = Settings(
        kibana_url="http://127.0.0.1:9", elasticsearch_api_key=SecretStr("hunter\n2")
    )
    with pytest.raises(SettingError, match="REC_ELASTICSEARCH_API_KEY holds") as caught:
        import_saved_objects(settings, b"")
    assert "hunter" not in str(caught.value)


def test_a_key_is_sent_without_the_line_break_of_the_file_that_it_came_from() -> None:
    assert sendable("REC_API_KEY", SecretStr("hunter2\r\n")) == "hunter2"
    assert simulator_key(Settings(api_key=SecretStr("hunter2\n"))) == "hunter2"
    assert sendable("REC_API_KEY", SecretStr("")) == ""
