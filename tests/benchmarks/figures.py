"""What the size benchmarks share: steps in fresh processes, verdicts, plots, where they go.

`SIZE=full` asks for the sizes of the acceptance lines; without it a bench takes minutes, not tens.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from resources.settings import REPOSITORY, Settings

FULL: Final = os.environ.get("SIZE") == "full"
Figures = dict[str, Any]


def plots_folder() -> Path:
    """Where plots go unless an argument says otherwise."""
    return Settings().home / "bench"


def parser(doc: str | None) -> argparse.ArgumentParser:
    """A bench's arguments: `--plots FOLDER`, and `--step` for the processes that it starts."""
    made = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--plots", type=Path, default=plots_folder(), help="folder for the plots")
    made.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    return made


def timed(work: Callable[[], Figures | None]) -> Figures:
    """Run it; what it returns with wall seconds, CPU seconds and this process's peak RSS (MB)."""
    wall, cpu = time.perf_counter(), time.process_time()
    figures = work() or {}
    return {
        **figures,
        "seconds": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "peak_mb": peak_mb(),
    }


def peak_mb() -> float:
    """Peak resident memory of this process in MB (10^6 bytes); Linux alone tells it.

    Its own: what `getrusage` says of a fresh process has its parent's peak in it.
    """
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (told,) = [line for line in lines if line.startswith("VmHWM:")]
    return float(told.split()[1]) * 1024 / 1e6


def fresh(module: str, *step: str, environment: Mapping[str, str] | None = None) -> Figures:
    """Run a step of a bench in a process of its own; the figures that it prints as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", module, "--step", *step],
        cwd=REPOSITORY,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{module} {' '.join(step)} failed:\n{done.stderr[-3000:]}")
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    return found


def verdict(holds: bool, sentence: str) -> None:
    """Print whether a line of the acceptance list holds."""
    print(f"{'PASS' if holds else 'FALLS SHORT'}: {sentence}")


def save_bars(path: Path, title: str, heights: Mapping[str, float], limit: float | None) -> None:
    """A column for each name as PNG, and the limit as a line across."""
    figure, axes = _canvas(title)
    axes.bar_label(axes.bar(list(heights), list(heights.values()), color="#4c72b0"), fmt="{:,.0f}")
    if limit is not None:
        axes.axhline(limit, color="#c44e52", linestyle="--")
    _save(figure, path)


def save_lines(
    path: Path, title: str, axis: str, x: Sequence[float], lines: Mapping[str, Sequence[float]]
) -> None:
    """A line for each name over `x` as PNG."""
    figure, axes = _canvas(title)
    for name, y in lines.items():
        axes.plot(x, y, marker="o", markersize=3, linewidth=1, label=name)
    axes.set_xlabel(axis)
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=7, ncols=4, loc="upper center", bbox_to_anchor=(0.5, -0.14))
    _save(figure, path)


def _canvas(title: str) -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.5, 4), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_title(title, fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _save(figure: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    print(f"plot: {path}")
