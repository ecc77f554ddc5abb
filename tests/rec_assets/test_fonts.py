"""Personas' names are drawn as they are written, whatever they are written in."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from matplotlib.font_manager import FontManager, findSystemFonts

from rec_assets import fonts
from rec_assets.fonts import KOREAN, LATIN, families, installed
from rec_assets.personas.persona import read_personas
from rec_assets.personas.plots import persona_bars, shortened
from tests.rec_assets.wheel import persona_file


def drawn(tmp_path: Path, *names: str) -> str:
    """The bars of personas of these names, alike in all else."""
    persona = read_personas(persona_file(tmp_path))[0]
    return persona_bars([msgspec.structs.replace(persona, name=name) for name in names])


@pytest.mark.parametrize("name", [r"Cheap $\frac$ deals", "$", "100 $ a $day$", "_under^{", "😀 $"])
def test_a_name_is_no_formula(tmp_path: Path, name: str) -> None:
    assert drawn(tmp_path, name, "other").startswith("data:image/png")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Academic_Writer_ko_strong", "Academic_Writer_ko_strong"),
        ("Writers of long names, the first", "Writers of l…s, the first"),
        ("긴 이름을 가진 학술 글쓰기 사용자들", "긴 이름을 가…기 사용자들"),
    ],
)
def test_a_name_too_wide_for_its_bar_loses_its_middle(name: str, shown: str) -> None:
    assert shortened(name) == shown


def test_two_long_names_keep_two_bars_and_the_pictures_size(tmp_path: Path) -> None:
    long = [f"{'very ' * 30}long name {number}" for number in "12"]
    small, large = drawn(tmp_path, "one", "two"), drawn(tmp_path, *long)
    assert drawn(tmp_path, long[0]) != large
    assert abs(len(large) - len(small)) < len(small) / 2


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


def test_the_first_picture_of_a_process_says_nothing_either(tmp_path: Path) -> None:
    """matplotlib tells of a font once, when it is first looked for."""
    file = persona_file(tmp_path)
    name = read_personas(file)[0].name
    file.write_text(file.read_text(encoding="utf-8").replace(name, "문장을 다듬는 사람"), "utf-8")
    code = (
        "import sys; from pathlib import Path\n"
        "from rec_assets.personas.persona import read_personas\n"
        "from rec_assets.personas.plots import persona_bars, shortened\n"
        "assert persona_bars(read_personas(Path(sys.argv[1])))"
    )
    command = [sys.executable, "-W", "error::UserWarning", "-c", code, str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_only_fonts_that_are_there_are_named() -> None:
    manager = FontManager()
    manager.ttflist = [font for font in manager.ttflist if font.name == LATIN]
    assert installed(manager, []) == (LATIN,)


def test_a_file_that_is_no_font_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "NanumGothic.ttf").write_bytes(b"no font")
    manager = FontManager()
    manager.ttflist = [font for font in manager.ttflist if font.name == LATIN]
    gone = [str(tmp_path / name) for name in ("NanumGothic.ttf", "NanumGothicBold.ttf")]
    assert installed(manager, gone) == (LATIN,)


def test_a_font_that_came_after_the_managers_list_is_found() -> None:
    manager = FontManager()
    there = installed(manager, [])
    manager.ttflist = [font for font in manager.ttflist if font.name == LATIN]
    assert installed(manager, findSystemFonts()) == there
