"""Waiting for what happens beside a test, in another task, thread or process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

# Far more than anything takes, even on a machine that is busy: the bound is there so that a test that hangs says why.
PATIENCE_SECONDS = 300.0
# Between two looks: short for what is there at once, longer and longer for what takes its time.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, GROWTH = 0.005, 0.1, 1.3

Found = TypeVar("Found")


def wait_until(
    condition: Callable[[], Found], what: str | Callable[[], str] = "", seconds: float = PATIENCE_SECONDS,
) -> Found:
    """The first true value of `condition`. After `seconds` the test fails and says `what`: a text, or what makes it."""
    end, pauses = time.monotonic() + seconds, _pauses()
    while not (found := condition()):
        assert time.monotonic() < end, _in_vain(what, found)
        time.sleep(next(pauses))
    return found


async def wait_until_async(
    condition: Callable[[], Found], what: str | Callable[[], str] = "", seconds: float = PATIENCE_SECONDS,
) -> Found:
    """`wait_until` for what happens in this event loop."""
    end, pauses = time.monotonic() + seconds, _pauses()
    while not (found := condition()):
        assert time.monotonic() < end, _in_vain(what, found)
        await asyncio.sleep(next(pauses))
    return found


def _pauses() -> Iterator[float]:
    pause = FIRST_PAUSE_SECONDS
    while True:
        yield pause
        pause = min(pause * GROWTH, LONGEST_PAUSE_SECONDS)


def _in_vain(what: str | Callable[[], str], found: object) -> str:
    return f"waited in vain: {what() if callable(what) else what} ({found!r})"
