"""Rounds that go on for ever, whatever one of them raises."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.core.errors import StoreUnavailable

logger = logging.getLogger(__name__)


async def repeat(work: Callable[[], Awaitable[None]], seconds: float, purpose: str) -> None:
    """Attempt `work` for ever, and pause `seconds` after each attempt."""
    while True:
        await attempt(work, purpose)
        await asyncio.sleep(seconds)


async def attempt(work: Callable[[], Awaitable[None]], purpose: str) -> None:
    """Run `work` once. A failure is only logged, with `purpose` ("delete what is too old")."""
    try:
        await work()
    except StoreUnavailable:
        logger.warning("Could not %s: the database did not answer. The next round tries again.", purpose)
    except Exception:  # the edge: the rounds go on
        logger.exception("Could not %s. The next round tries again.", purpose)
