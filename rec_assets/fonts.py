"""What plots are lettered in: words as people wrote them, Korean too where a font is there."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

LATIN: Final = "DejaVu Sans"  # matplotlib brings it
KOREAN: Final = ("NanumGothic", "Noto Sans CJK KR", "Malgun Gothic", "Apple SD Gothic Neo")
FILES: Final = ("nanumgothic", "notosanscjk", "malgun", "applesdgothicneo")  # how theirs begin


@contextmanager
def lettered(figure: Any) -> Iterator[None]:
    """Draw the figure inside: its texts are taken literally, in the fonts that are there.

    Without this a `$` begins a formula, and a persona's name may be none. A letter that no font has
    becomes a box, a bold one the nearest that its font has, without matplotlib's word for each: the
    picture is what there is to see.
    """
    from matplotlib import rc_context
    from matplotlib.text import Text

    names = list(families())
    for text in figure.findobj(Text):
        text.set_parse_math(False)
        text.set_fontfamily(names)
    # Ticks are made while the figure is drawn.
    plainly = rc_context({"text.parse_math": False, "font.family": names})
    with plainly, warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+ .*missing from", UserWarning)
        log = logging.getLogger("matplotlib.font_manager")
        log.addFilter(_is_not_of_weights)
        try:
            yield
        finally:
            log.removeFilter(_is_not_of_weights)


def _is_not_of_weights(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith("findfont: Failed to find font weight")


@cache
def families() -> tuple[str, ...]:
    """The fonts of this machine in the order in which a letter is looked for in them."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    return installed(fontManager, findSystemFonts())


def installed(manager: Any, files: Sequence[str]) -> tuple[str, ...]:
    """LATIN and what the manager has of KOREAN: it complains in the log of any that it has not.

    The manager remembers its list from an earlier process: font files that came later are told it.
    """
    if not set(KOREAN) & set(manager.get_font_names()):
        for file in sorted(files):
            if Path(file).stem.lower().startswith(FILES):
                with suppress(OSError, RuntimeError):  # no font after all
                    manager.addfont(file)
    known = set(manager.get_font_names())
    return (LATIN, *(name for name in KOREAN if name in known))
