"""Personas' names are drawn as they are written, whatever they are written in."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec
import pytest
from matplotlib.font_manager import FontManager, findSystemFonts

from rec_assets import fonts
from rec_assets.fonts import KOREAN, LATIN, families, installed
from rec_assets.personas.persona import read_personas
from rec_assets.personas.plots import persona_bars
from tests.rec_assets.wheel import persona_file


def drawn(tmp_path: Path, *names: str) -> str:
    """The bars of personas of these names, alike in all else."""
    persona = read_personas(persona_file(tmp_path))[0]
    return persona_bars([msgspec.structs.replace(persona, name=name) for name in names])


@pytest.mark.parametrize("name", [r"Cheap $\frac$ deals", "$", "100 $ a $day$", "_under^{", "😀 $"])
def test_a_name_is_no_formula(tmp_path: Path, name: str) -> None:
    assert drawn(tmp_path, name, "other").startswith("data:image/png")


def test_a_name_between_dollars_shows_its_dollars(tmp_path: Path) -> None:
    pictures = {drawn(tmp_path, name) for name in ("x", "$x$", "$x")}
    assert len(pictures) == 3


def test_korean_names_are_told_apart_where_a_korean_font_is(tmp_path: Path) -> None:
    if len(families()) == 1:
        pytest.skip(f"none of {KOREAN} is installed (Debian: fonts-nanum)")
    assert drawn(tmp_path, "가나다") != drawn(tmp_path, "라마바")


def test_without_a_korean_font_boxes_are_drawn_and_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(fonts, "families", lambda: (LATIN,))
    with caplog.at_level(logging.WARNING):
        assert drawn(tmp_path, "가나다") == drawn(tmp_path, "라마바")
    assert caplog.records == []


def test_with_one_nothing_is_said_either(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        drawn(tmp_path, "문장을 다시 쓰는 사람", "plain")
    assert caplog.records == []


def test_only_fonts_that_are_there_are_named() -> None:
    manager = FontManager()
    manager.ttflist = [font for font in manager.ttflist if font.name == LATIN]
    assert installed(manager, []) == (LATIN,)


def test_a_font_that_came_after_the_managers_list_is_found() -> None:
    manager = FontManager()
    there = installed(manager, [])
    manager.ttflist = [font for font in manager.ttflist if font.name == LATIN]
    assert installed(manager, findSystemFonts()) == there
