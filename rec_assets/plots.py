"""Plots as PNG small enough for Dagster's metadata, and as pictures in a page."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from resources.preferences import Floats


def bars(title: str, shares: Mapping[str, Mapping[str, float]]) -> str:
    """Stacked horizontal bars, one for each name: how its shares divide. A data URI."""
    figure, axes = _canvas(0.45 * len(shares) + 1.4)
    words = list(next(iter(shares.values()))) if shares else []
    left = np.zeros(len(shares))
    for word in words:
        width = np.array([of[word] for of in shares.values()])
        axes.barh(list(shares), width, left=left, label=word)
        left = left + width
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.legend(ncols=4, fontsize=7, loc="upper center", bbox_to_anchor=(0.5, -0.12))
    return _uri(figure, axes, title)


def columns(title: str, heights: Mapping[str, float]) -> str:
    """One column for each name, its height written on it. A data URI."""
    figure, axes = _canvas(2.6)
    drawn = axes.bar(list(heights), list(heights.values()), color="#4c72b0")
    axes.bar_label(drawn, fontsize=8, fmt="{:,.0f}")
    return _uri(figure, axes, title)


def intervals(title: str, shares: Mapping[str, tuple[float, float, float]]) -> str:
    """Shares with their 95 % intervals: value, low, high. A data URI."""
    figure, axes = _canvas(2.6)
    values = np.array([share for share, _, _ in shares.values()])
    low = values - np.array([low for _, low, _ in shares.values()])
    high = np.array([high for _, _, high in shares.values()]) - values
    axes.bar(list(shares), values, color="#4c72b0", yerr=np.maximum([low, high], 0), capsize=4)
    axes.set_ylim(0, 1.05)
    return _uri(figure, axes, title)


def points(title: str, xy: Floats, labels: Sequence[str]) -> str:
    """Points in the plane, one colour for each label. A data URI."""
    figure, axes = _canvas(3.4)
    for name in sorted(set(labels)):
        own = xy[np.array(labels) == name]
        axes.scatter(own[:, 0], own[:, 1], s=14, label=f"{name} ({len(own)})")
    axes.legend(fontsize=7)
    return _uri(figure, axes, title)


def markdown_image(uri: str) -> str:
    """The picture as Dagster's Markdown metadata shows it."""
    return f"![]({uri})"


def _canvas(height: float) -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, height), dpi=90, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8)
    return figure, axes


def _uri(figure: Any, axes: Any, title: str) -> str:
    axes.set_title(title, fontsize=10)
    target = io.BytesIO()
    figure.savefig(target, format="png", metadata={"Software": None})
    return f"data:image/png;base64,{base64.b64encode(target.getvalue()).decode('ascii')}"
