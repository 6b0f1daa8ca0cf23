"""Work as a count of steps instead of a time: executed lines of Python, those of comprehensions and generators too.

What runs inside C (a regular expression, a library) counts as none: `regex_steps.py` and bounds of their own hold that.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

Given = TypeVar("Given")


def steps(work: Callable[[], object]) -> int:
    """How many lines of Python are executed while `work` runs, in this thread."""
    count = 0

    def begun(_frame: FrameType, _event: str, _what: Any) -> Any:
        return line

    def line(_frame: FrameType, event: str, _what: Any) -> Any:
        nonlocal count
        if event == "line":
            count += 1
        return line

    before = sys.gettrace()
    sys.settrace(begun)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def growth(work: Callable[[Given], object], short: Given, long: Given) -> tuple[float, int]:
    """By which factor the steps of `work` grow from `short` to `long`, and those of `long`. Both run once before they
    are counted, so that nothing is set up then."""
    work(short)
    work(long)
    most = steps(lambda: work(long))
    return most / max(steps(lambda: work(short)), 1), most
