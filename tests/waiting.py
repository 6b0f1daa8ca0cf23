"""Waiting for what happens beside a test, in another task, thread or process: never for a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

# Far more than anything takes, even on a machine that is busy with other things.
PATIENT_SECONDS = 120.0
PAUSE_SECONDS = 0.01

T = TypeVar("T")


def wait_until(
    condition: Callable[[], T], what: str | Callable[[], object] = "it", seconds: float = PATIENT_SECONDS,
    pause: float = PAUSE_SECONDS,
) -> T:
    """The first true value of `condition`, asked every `pause` seconds. After `seconds` the test fails; `what` (text, or
    a function that makes it then) says what did not come."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"{what() if callable(what) else what} did not come: {found!r}"
        time.sleep(pause)
    return found


async def wait_until_async(
    condition: Callable[[], T], what: str | Callable[[], object] = "it", seconds: float = PATIENT_SECONDS,
    pause: float = PAUSE_SECONDS,
) -> T:
    """`wait_until` for a condition of this event loop."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"{what() if callable(what) else what} did not come: {found!r}"
        await asyncio.sleep(pause)
    return found
