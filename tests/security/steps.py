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

    def trace(_frame: FrameType, event: str, _what: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def growth(work: Callable[[Given], object], short: Given, long: Given) -> float:
    """By which factor the steps of `work` grow from `short` to `long`. Both run once before they are counted, so
    that nothing is set up then."""
    work(short)
    work(long)
    return steps(lambda: work(long)) / max(steps(lambda: work(short)), 1)
