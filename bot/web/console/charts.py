"""Bar charts over days: shapes for a template that draws them as SVG and adds the words. A table has the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10

WIDTH, HEIGHT, LEFT, BOTTOM = 640, 180, 44, 22
_MOST_LABELS = 8


@dataclass(frozen=True)
class Bar:
    """One bar, in the units of the drawing (`WIDTH` by `HEIGHT`)."""

    x: float
    y: float
    width: float
    height: float
    series: int  # from 0; picks the colour
    of: int  # the day's number, from 0
    value: float


@dataclass(frozen=True)
class Chart:
    """The shapes of a chart."""

    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, float], ...]  # behind the bars: (y, value)
    labels: tuple[tuple[float, int], ...]  # below the bars: (x, the day's number)
    is_empty: bool


def bars(series: Sequence[Sequence[float | None]]) -> Chart:
    """A chart with the bars of all series side by side for each day; `None` is no bar."""
    days = len(series[0])
    top = _round_up(max((value for values in series for value in values if value), default=0))
    slot, high = (WIDTH - LEFT) / max(1, days), HEIGHT - BOTTOM - 8
    width = slot * 0.78 / len(series)
    found = tuple(
        Bar(round(LEFT + day * slot + slot * 0.11 + number * width, 2), round(HEIGHT - BOTTOM - value / top * high, 2),
            round(max(1.0, width - 1), 2), round(value / top * high, 2), number, day, value)
        for number, values in enumerate(series) for day, value in enumerate(values) if value
    )
    lines = tuple((round(HEIGHT - BOTTOM - part * high, 2), top * part) for part in (0, 0.5, 1))
    every = ceil(days / _MOST_LABELS)
    labels = tuple((round(LEFT + (day + 0.5) * slot, 2), day) for day in range(0, days, every))
    return Chart(found, lines, labels, not found)


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50 …"""
    if value <= 1:
        return 1.0
    power = 10 ** int(log10(value))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= value))
