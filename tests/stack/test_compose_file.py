"""The reader of docker-compose.mini.yml asks for what compose asks for."""

from __future__ import annotations

import pytest

from tests.stack.compose_file import ANYTHING, COMPOSE_FILE, demanded, read_compose


def test_there_is_something_for_each_variable_that_the_file_demands() -> None:
    assert COMPOSE_FILE.read_text(encoding="utf-8").count(":?") >= len(demanded()) > 0
    assert set(ANYTHING) == demanded()
    assert read_compose(ANYTHING)["services"]


@pytest.mark.parametrize("name", sorted(demanded()))
def test_nothing_is_read_without_a_demanded_variable(name: str) -> None:
    with pytest.raises(KeyError, match=name):
        read_compose({key: value for key, value in ANYTHING.items() if key != name})
