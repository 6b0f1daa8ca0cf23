"""Draws which topics, and which intents, a model takes for each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.services.evaluation import Evaluation

_MOST = 22
Pairs = Mapping[tuple[str, str], int]


def draw(evaluation: Evaluation, topics: Mapping[str, str], title: str, path: Path) -> None:
    """Write a PNG: left all topics, right the intents confused most. `topics` maps intents to topics.

    Rows are what was asked, columns what it was taken for; the colour is the share of the row.
    """
    pairs = Counter((one.question.intents[0] if not one.is_right else one.intent, one.intent)
                    for one in evaluation.outcomes)
    by_topic: Counter[tuple[str, str]] = Counter()
    for (asked, taken), count in pairs.items():
        by_topic[topics[asked], topics.get(taken, taken)] += count
    figure = Figure(figsize=(19, 9.5), constrained_layout=True)
    left, right = figure.subplots(1, 2, gridspec_kw={"width_ratios": (1, 1.5)})
    figure.suptitle(title)
    _matrix(left, by_topic, sorted({name for pair in by_topic for name in pair}))
    left.set_title("Topics")
    _matrix(right, pairs, _most_confused(pairs))
    right.set_title(f"The {_MOST} intents confused most")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=80)


def _most_confused(pairs: Pairs) -> list[str]:
    wrong: Counter[str] = Counter()
    for (asked, taken), count in pairs.items():
        if asked != taken:
            wrong.update({asked: count, taken: count})
    return sorted(name for name, _ in wrong.most_common(_MOST))


def _matrix(axes: Axes, pairs: Pairs, names: Sequence[str]) -> None:
    """Draw counts in cells. Pairs outside `names` are left out of the cells, but not of the shares."""
    asked: Counter[str] = Counter()
    for (name, _), count in pairs.items():
        asked[name] += count
    counts = np.array([[pairs.get((row, column), 0) for column in names] for row in names])
    shares = counts / np.maximum([[asked[name]] for name in names], 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in zip(*np.nonzero(counts), strict=True):
        colour = "white" if shares[row, column] > 0.5 else "black" if row == column else "firebrick"
        axes.text(column, row, str(counts[row, column]), ha="center", va="center", fontsize=8, color=colour)
    axes.set_xticks(range(len(names)))
    axes.set_xticklabels(names, rotation=60, ha="right", fontsize=8)
    axes.set_yticks(range(len(names)))
    axes.set_yticklabels(names, fontsize=8)
    axes.set_xlabel("taken for")
    axes.set_ylabel("asked")
