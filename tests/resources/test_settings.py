"""What cannot be used is refused as a process starts, by the variable's name; empty is as none."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from resources.options import LANGUAGES
from resources.refused_settings import refused
from resources.settings import HOME, REPOSITORY, Settings

PORTS = ("REC_PORT", "REC_DAGSTER_PORT")
NUMBERS = [f"REC_{n.upper()}" for n, f in Settings.model_fields.items() if f.annotation is float]
UNUSABLE = [
    ("REC_HOUSE_LANGUAGE", "kr"),
    ("REC_HOUSE_LANGUAGE", "KO"),
    *((name, value) for name in PORTS for value in ("70000", "65536", "-1", "http")),
    *((name, value) for name in NUMBERS for value in ("nan", "inf", "-inf", "-1")),
    ("REC_LLM_TIMEOUT_S", "0"),
    ("REC_DAGSTER_PORT", "0"),
    ("REC_CATCH_UP_DAYS", "0"),
    ("REC_SCHEDULE", "every day"),
]
NO_ADDRESS = [
    "http://someone:hunter2@h:port/v1",
    "http://h:hunter2",
    "localhost:11434",
    "hunter2@localhost:11434",
    "ftp://someone:hunter2@h:1",
    "http://someone:hunt/er2@h:1",
    "http://someone:hunter2@",
    "http://someone:hunter2@h:99999",
    "http://someone:hunter2@h:0",
    "http://",
    "http:// h",
]


def said(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The sentence with which the value is refused."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert name.removeprefix("REC_").lower() in str(caught.value)
    assert "hunt" not in str(caught.value)
    return refused(caught.value)


@pytest.mark.parametrize(("name", "value"), UNUSABLE)
def test_a_value_that_would_break_later_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    sentence = said(name, value, monkeypatch)
    assert sentence.startswith(f"{name}")
    assert value in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_an_address_of_no_model_server_is_refused_without_its_password(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    sentence = said("REC_LLM_URL", url, monkeypatch)
    assert re.fullmatch(r"REC_LLM_URL: .+ must be http\(s\)://<host>:<port>", sentence)
    assert "hunt" not in sentence


@pytest.mark.parametrize(
    "url",
    ["http://localhost:11434", "https://u:p%2Fw@models.example/v1", "http://[::1]:80/v1/",
     "http://model_server:8080", "https://모델.example"],
)  # fmt: skip
def test_an_address_of_a_model_server_is_taken_as_it_is(url: str) -> None:
    assert Settings(llm_url=url).llm_url == url


def test_all_that_is_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REC_HOUSE_LANGUAGE", "kr")
    sentence = said("REC_PORT", "70000", monkeypatch)
    assert set(re.findall(r"REC_\w+", sentence)) == {"REC_PORT", "REC_HOUSE_LANGUAGE"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_of_the_options_may_be_that_of_the_house(language: str) -> None:
    assert Settings(house_language=language).house_language == language


def test_every_port_there_is_may_be_named() -> None:
    assert (Settings(port=0).port, Settings(dagster_port=65535).dagster_port) == (0, 65535)


def test_an_empty_variable_is_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"REC_{name.upper()}", raising=False)
    usual = Settings()
    for name in Settings.model_fields:
        monkeypatch.setenv(f"REC_{name.upper()}", "")
    assert Settings() == usual
    assert (usual.home, usual.host, usual.field_mapping) == (HOME, "127.0.0.1", None)
    assert usual.contexts == REPOSITORY / "personas_data" / "contexts"
