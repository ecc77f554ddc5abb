"""What commands refuse before they begin."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from rich.console import Console

from rec_assets.commands.actions import CommandFailed, load_exports
from resources.settings import Settings


def exports(folder: Path, *names: str) -> list[Path]:
    """Files of these names, each in a folder of its own."""
    paths = [folder / str(number) / name for number, name in enumerate(names)]
    for path in paths:
        path.parent.mkdir()
        path.write_text("{}\n", encoding="utf-8")
    return paths


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_two_files_of_one_name_are_refused_before_either_is_loaded(
    tmp_path: Path, form: str
) -> None:
    names = ("é.jsonl", unicodedata.normalize(form, "é.jsonl"))
    paths = exports(tmp_path, names[0], "other.jsonl", names[1])
    with pytest.raises(CommandFailed) as refused:
        load_exports(Console(quiet=True), paths)
    assert f"{paths[0]} and {paths[2]} have the same name" in str(refused.value)
    assert not Settings().home.exists()
