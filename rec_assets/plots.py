"""Plots as PNG small enough for Dagster's metadata, and as pictures in a page.

The one place that draws. Colours tell the same word everywhere; they are Okabe and Ito's (2008),
which people who see few colours can tell apart.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from rec_assets.fonts import lettered
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES

MOST_BYTES: Final = 100_000  # of a data URI
WIDTH, DPI = 7.4, 100  # inches, pixels an inch
INK, QUIET, GRID = "#222222", "#6b6b6b", "#e4e4e4"
MAIN, GOOD, BAD, OPEN = "#0072b2", "#009e73", "#d55e00", "#c9c9c9"
PALETTE: Final = ("#0072b2", "#56b4e9", "#009e73", "#e69f00", "#d55e00", "#cc79a7", "#c9c9c9")
MORE: Final = (*PALETTE[:6], "#5d5d5d", "#8c6d31", "#7b6fd0", "#35a7a0")
COLOURS: Final = {
    **dict(zip(CATEGORIES, PALETTE, strict=True)),
    **dict(zip(INTENSITIES, ("#b9d8ec", "#56a0cf", "#08457e"), strict=True)),
    **dict(zip(LANGUAGES, ("#0072b2", "#e69f00", "#009e73", "#cc79a7"), strict=True)),
}
COLOURS_KEPT: Final = 128
WRITTEN_FROM: Final = 0.1  # share from which a part of a bar has its share written on it


def canvas(height: float, panels: int = 1, **layout: Any) -> tuple[Any, Any]:
    """A figure of so many inches with its axes, drawn without a display."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(**{"ncols": panels, **layout}, squeeze=False).ravel()
    for one in axes:
        one.spines[["top", "right"]].set_visible(False)
        one.spines[["left", "bottom"]].set_color(QUIET)
        one.tick_params(labelsize=8, colors=INK, length=3)
        one.set_axisbelow(True)
    return figure, axes[0] if len(axes) == 1 else axes


def picture(figure: Any, title: str, below: str = "") -> str:
    """The figure with its title and a quieter line under it, as a data URI."""
    from PIL import Image

    text = {"x": 0.01, "ha": "left"}
    figure.suptitle(title, fontsize=11, fontweight="bold", color=INK, **text)
    if below:
        figure.supxlabel(below, fontsize=8, color=QUIET, **text)
    with lettered(figure):
        figure.canvas.draw()
    drawn = Image.fromarray(np.asarray(figure.canvas.buffer_rgba())[:, :, :3])
    target = io.BytesIO()
    # Few colours are drawn: a palette takes a third of the bytes and shows no difference.
    few = drawn.quantize(COLOURS_KEPT, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(target, format="png", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(target.getvalue()).decode('ascii')}"


def markdown_image(uri: str) -> str:
    """The picture as Dagster's Markdown metadata shows it."""
    return f"![]({uri})"


def stacked(axes: Any, shares: Mapping[str, Mapping[str, float]], words: Sequence[str]) -> None:
    """Horizontal bars, one for each name, each cut by its shares of the words; a legend below."""
    below = -0.7 / max(len(shares), 1)
    left = dict.fromkeys(shares, 0.0)
    for word in words:
        width = [of.get(word, 0.0) for of in shares.values()]
        if not any(width):
            continue
        colour = COLOURS.get(word, OPEN)
        drawn = axes.barh(
            list(shares), width, left=list(left.values()), label=word, color=colour,
            edgecolor="white", linewidth=0.8, height=0.72,
        )  # fmt: skip
        written = [f"{100 * share:.0f}" if share >= WRITTEN_FROM else "" for share in width]
        axes.bar_label(drawn, written, label_type="center", fontsize=7, color=readable_on(colour))
        left = {name: left[name] + share for name, share in zip(left, width, strict=True)}
    axes.set_xlim(0, 1)
    _percent(axes.xaxis)
    place = {"loc": "upper center", "bbox_to_anchor": (0.5, below), "frameon": False}
    axes.legend(ncols=3, fontsize=7, handlelength=1, columnspacing=1, **place)


def funnel(title: str, below: str, asked: int, ran: int, accepted: int, rejected: int) -> str:
    """A → B → C of a day: recommendations, those that were run, and what became of these."""
    from matplotlib.ticker import MaxNLocator

    figure, axes = canvas(2.5)
    rows = ("A  recommended", "B  run", "C  decided")
    axes.barh(rows[:2], [asked, ran], color=[MAIN, PALETTE[1]], height=0.66)
    left = 0
    parts = (("accepted", accepted, GOOD), ("rejected", rejected, BAD))
    for word, number, colour in (*parts, ("left open", ran - accepted - rejected, OPEN)):
        axes.barh(rows[2:], [number], left=[left], color=colour, label=word, height=0.66)
        left += number
    most = max(asked, 1)
    for row, number, of in ((0, asked, None), (1, ran, asked), (2, accepted, ran)):
        share = f", {number / of:.0%} of {rows[row - 1][0]}" if of else ""
        text = f" {number:,}{' accepted' if row == 2 else ''}{share}"
        axes.text(
            (ran if row == 2 else number) + 0.005 * most, row, text, va="center", fontsize=8.5
        )
    axes.set_xlim(0, 1.35 * most)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.invert_yaxis()
    axes.set_xlabel("recommendations", fontsize=8.5)
    above = {"loc": "lower right", "bbox_to_anchor": (1, 0.97), "frameon": False}
    axes.legend(ncols=3, fontsize=8, handlelength=1, **above)
    return picture(figure, title, below)


def intervals(
    title: str, below: str, what: str, shares: Mapping[str, tuple[float, float, float]]
) -> str:
    """Shares with their 95 % intervals: value, low, high."""
    figure, axes = canvas(0.5 * len(shares) + 1.4)
    values = [share for share, _, _ in shares.values()]
    errors = [[max(v - low, 0) for v, low, _ in shares.values()]]
    errors += [[max(high - v, 0) for v, _, high in shares.values()]]
    look = {"ecolor": INK, "capsize": 4, "error_kw": {"linewidth": 1.2}}
    axes.barh(list(shares), values, color=MAIN, alpha=0.75, height=0.6, xerr=errors, **look)
    for row, (value, low, high) in enumerate(shares.values()):
        text = f"{value:.0%}  [{low:.0%}, {high:.0%}]"
        axes.text(1.03, row, text, va="center", fontsize=8.5)
    axes.set_xlim(0, 1.3)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    _percent(axes.xaxis)
    axes.invert_yaxis()
    axes.grid(axis="x", color=GRID)
    axes.set_xlabel(what, fontsize=8.5)
    return picture(figure, title, below)


def rates(
    title: str,
    below: str,
    what: str,
    days: Sequence[str],
    shares: Sequence[tuple[float, float, float]],
    numbers: Mapping[str, Sequence[int]],
) -> str:
    """A share by day with its interval, and underneath the numbers it rests on, stacked."""
    figure, (upper, lower) = canvas(3.6, nrows=2, ncols=1, sharex=True, height_ratios=(3, 1))
    places = range(len(days))
    values = [value for value, _, _ in shares]
    low, high = [of for _, of, _ in shares], [of for _, _, of in shares]
    upper.fill_between(places, low, high, color=MAIN, alpha=0.15, linewidth=0)
    upper.vlines(places, low, high, color=MAIN, linewidth=1.2, alpha=0.6)
    upper.plot(places, values, color=MAIN, marker="o", markersize=4, linewidth=1.4)
    upper.set_ylim(0, 1)
    _percent(upper.yaxis)
    upper.grid(axis="y", color=GRID)
    upper.set_ylabel(what, fontsize=8.5)
    bottom = [0] * len(days)
    for (word, of), colour in zip(numbers.items(), (PALETTE[1], PALETTE[3]), strict=False):
        lower.bar(places, of, bottom=bottom, color=colour, label=word, width=0.6)
        bottom = [a + b for a, b in zip(bottom, of, strict=True)]
    lower.set_ylabel("run", fontsize=8.5)
    lower.set_xlim(-0.6, max(len(days), 5) - 0.4)
    lower.legend(ncols=2, fontsize=7.5, frameon=False, loc="upper right", handlelength=1)
    lower.set_ylim(0, 1.6 * max([*bottom, 1]))
    step = 1 + len(days) // 11
    lower.set_xticks(list(places)[::step], [day[5:] for day in days[::step]])
    lower.set_xlabel("day (UTC)", fontsize=8.5)
    return picture(figure, title, below)


def told_simulated(simulated: int, of: int) -> str:
    """How much was simulated, in words."""
    if simulated in (0, of):
        return "all simulated" if simulated else "none simulated"
    return f"{simulated / of:.0%} simulated"


def _percent(axis: Any) -> None:
    from matplotlib.ticker import PercentFormatter

    axis.set_major_formatter(PercentFormatter(1.0, decimals=0))


def readable_on(colour: str) -> str:
    """Black or white, whichever is read on the colour (relative luminance)."""
    red, green, blue = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.55 else "white"
