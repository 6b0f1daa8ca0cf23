"""What was kept to learn from is deleted in time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.core.errors import StoreUnavailable
from bot.ports.misses import Misses

logger = logging.getLogger(__name__)

ROUND_SECONDS = 3600.0
# What nothing speaks against waits so long for a bad rating, which comes at the end of a chat.
UNTIL_RATED = timedelta(days=1)


async def forget(misses: Misses, keep: timedelta, now: Callable[[], datetime]) -> None:
    """For ever: delete what is older than `keep`, and what was understood well much sooner."""
    while True:
        try:
            count = await asyncio.to_thread(misses.forget, now() - keep, now() - min(keep, UNTIL_RATED))
            if count:
                logger.info("Forgot %d messages that were kept to learn from.", count)
        except StoreUnavailable:
            logger.warning("The store did not answer; the next round forgets.")
        except Exception:  # the edge: the rounds go on
            logger.exception("What is too old could not be forgotten.")
        await asyncio.sleep(ROUND_SECONDS)
