"""The figures as one picture: right answers, out of scope, and the CPU of a message and of a training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import NullFormatter

from benchmarks.nlu.record import Cell, Record
from benchmarks.nlu.report import by_split, mean
from benchmarks.nlu.systems import SYSTEMS

# Okabe and Ito's colours: told apart by everybody; Kilat's two are of one hue.
_COLOURS = dict(zip((system.name for system in SYSTEMS), ("#999999", "#E69F00", "#8EC9EC", "#0072B2", "#CC79A7"),
                    strict=True))
_BAR = 0.16
# Text stays text, and the same figures give the same file.
_STYLE = {"svg.fonttype": "none", "svg.hashsalt": "kilat", "font.size": 9, "axes.spines.top": False,
          "axes.spines.right": False}


def draw(record: Record, path: Path) -> None:
    """Write the picture to `path`, whose ending tells the format."""
    splits = by_split(record)
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(11, 6.4))
        panels = figure.subplots(2, 2)
        _panel(panels[0][0], splits, "Accuracy, % (line: 95% interval)", "accuracy", 100, _interval)
        _panel(panels[0][1], splits, "In scope from out of scope: AUROC, %", "auroc", 100)
        _panel(panels[1][0], splits, "CPU a message, p50, ms (log scale)", "cpu_ms_p50", 1, log=True)
        _panel(panels[1][1], splits, "CPU of a training, s (log scale)", "train_cpu_s", 1, log=True)
        patches = [Patch(color=colour, label=system) for system, colour in _COLOURS.items()]
        figure.legend(handles=patches, loc="lower center", ncol=len(patches), frameon=False)
        figure.tight_layout(rect=(0, 0.05, 1, 1))
        figure.savefig(path, dpi=110, metadata={"Date": None} if path.suffix == ".svg" else None)


def _panel(axes: Any, splits: dict[str, dict[str, Cell]], title: str, figure: str, times: float,
          interval: Callable[[Cell], tuple[float, float]] | None = None, *, log: bool = False) -> None:
    """One group a split, one colour a system: bars, or on a log scale, which has no zero for bars to stand on, points.
    Splits without this figure are left out."""
    shown = {split: {name: cell for name, cell in cells.items() if figure in cell["figures"]}
             for split, cells in splits.items()}
    shown = {split: cells for split, cells in shown.items() if cells}
    for place, (system, colour) in enumerate(_COLOURS.items()):
        at = [(x + (place - (len(_COLOURS) - 1) / 2) * _BAR, cells[system])
              for x, cells in enumerate(shown.values()) if system in cells]
        positions, heights = [x for x, _ in at], [mean(cell, figure) * times for _, cell in at]
        if log:
            axes.plot(positions, heights, "o", color=colour)
        else:
            axes.bar(positions, heights, _BAR, color=colour)
        for position, (_, cell) in zip(positions, at, strict=True):
            if interval:
                low, high = interval(cell)
                axes.plot([position] * 2, [low * times, high * times], color="black", linewidth=0.8)
    axes.set_title(title, fontsize=10, loc="left")
    axes.set_xticks(range(len(shown)), list(shown))
    axes.set_xlim(-0.5, max(len(shown), 1) - 0.5)
    if log:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.grid(axis="y", linewidth=0.4)


def _interval(cell: Cell) -> tuple[float, float]:
    low, high = cell["accuracy_95"]
    return low, high
