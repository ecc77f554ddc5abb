"""The personas as a person looks at them: how many people, what they write, how strongly."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import east_asian_width

from rec_assets.personas.persona import Persona
from rec_assets.plots import GRID, MAIN, canvas, picture, stacked
from resources.options import CATEGORIES, INTENSITIES

MOST_SHOWN = 20  # a person may write any number of them
WIDEST = 26  # Latin letters of a name; a Korean one is as wide as two


def persona_bars(personas: Sequence[Persona]) -> str:
    """One row for each persona, most people first: share of people, categories, intensities."""
    shown = sorted(personas, key=lambda persona: (-persona.share, persona.name))[:MOST_SHOWN]
    names = [persona.name for persona in shown]
    figure, (people, categories, intensities) = canvas(
        0.42 * len(shown) + 2.4, 3, sharey=True, width_ratios=(1, 1.7, 1.3)
    )
    drawn = people.barh(names, [persona.share for persona in shown], color=MAIN, height=0.72)
    counted = [f" {persona.share:.0%}  n = {persona.users:,}" for persona in shown]
    people.bar_label(drawn, counted, fontsize=7.5)
    people.set_xlim(0, 2.1 * max((persona.share for persona in shown), default=1))
    people.set_xticks([])
    people.spines["bottom"].set_visible(False)
    stacked(categories, {p.name: p.category for p in shown}, CATEGORIES)
    stacked(intensities, {p.name: p.intensity for p in shown}, INTENSITIES)
    for axes, what in (
        (people, "share of people"),
        (categories, "what they rewrite, %"),
        (intensities, "how strongly, %"),
    ):
        axes.set_title(what, fontsize=9, loc="left")
        axes.grid(axis="x", color=GRID)
    people.set_yticks(range(len(names)), labels=[shortened(name) for name in names])
    people.grid(visible=False)
    people.invert_yaxis()
    more = f"; {len(personas) - len(shown)} more" if len(personas) > len(shown) else ""
    mined = sum(persona.origin == "mined" for persona in personas)
    runs = sum(persona.events for persona in personas)
    below = f"{mined} of {len(personas)} mined from the raw exports ({runs:,} runs){more}"
    users = sum(persona.users for persona in personas)
    return picture(figure, f"{len(personas)} personas of {users:,} people", below)


def shortened(name: str) -> str:
    """The name, its middle as `…` where it is wider than the plot has room for."""
    if sum(map(_width, name)) <= WIDEST:
        return name
    return f"{_beginning(name)}…{_beginning(name[::-1])[::-1]}"


def _beginning(name: str) -> str:
    kept, width = "", 0
    for letter in name:
        width += _width(letter)
        if width >= WIDEST // 2:
            break
        kept += letter
    return kept


def _width(letter: str) -> int:
    return 2 if east_asian_width(letter) in "WF" else 1
