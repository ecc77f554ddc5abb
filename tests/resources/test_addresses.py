"""An address is shown with what helps to find the server, and without what opens it."""

from __future__ import annotations

import pytest

from resources.addresses import without_secrets
from resources.errors import SettingError
from resources.log_store import open_log_store
from resources.profile_cache import ProfileCache

SHOWN = {
    "mongodb://u:s3cret@a:27017,b:27018/recwheel?authSource=admin": "mongodb://a:27017,b:27018/recwheel",
    "mongodb+srv://u:s3cret@cluster.example/db": "mongodb+srv://cluster.example/db",
    "redis://:s3cret@[::1]:6379/0": "redis://[::1]:6379/0",
    "unix:///run/redis.sock?password=s3cret": "unix:///run/redis.sock",
    "sqlite:///C:/a b.sqlite": "sqlite:///C:/a b.sqlite",
    "http://127.0.0.1:8000": "http://127.0.0.1:8000",
}
MISTAKEN = [
    "mongodb://u:s3cret",
    "mongodb://u:a/s3cret@h:1/db",
    "mongodb://u:a?s3cret@h:1/db",
    "mongodb://u:a@s3cret@h:x/db",
    "u:s3cret@h/db",
    "s3cret",
    "redis:///:s3cret",
    "redis://:s3cret@h:xx/0",
    "redis://h:1/0?password=a@s3cret",
    "redis://h:1/0?password=s3cret&socket_timeout=x",
    "http://:s3cret@h",
]


@pytest.mark.parametrize("url", SHOWN)
def test_hosts_and_paths_are_shown_and_no_password(url: str) -> None:
    assert without_secrets(url) == SHOWN[url]


@pytest.mark.parametrize("url", MISTAKEN)
def test_a_password_in_the_wrong_place_is_not_shown(url: str) -> None:
    assert "s3cret" not in without_secrets(url)


@pytest.mark.parametrize("url", MISTAKEN)
@pytest.mark.parametrize("opener", [open_log_store, ProfileCache])
def test_a_sentence_about_an_address_that_cannot_be_used_does_not_hold_its_password(
    opener: type[ProfileCache], url: str
) -> None:
    sentence = said(opener, url)
    assert "s3cret" not in sentence
    assert sentence.startswith(("REC_LOG_URL", "REC_REDIS_URL", "opened"))


def said(opener: type[ProfileCache], url: str) -> str:
    """The sentence with which the address is refused, or that it was opened."""
    try:
        opener(url).close()
    except SettingError as error:
        return str(error)
    return "opened"
