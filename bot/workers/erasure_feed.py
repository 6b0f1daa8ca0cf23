"""What was erased, by its visitor, by its age or in a shell, is gone from this process, too: whoever looks is told."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from bot.core.errors import StoreUnavailable
from bot.live.gateway import Gateway

logger = logging.getLogger(__name__)

ROUND_SECONDS = 1.0
# What another process has erased may be seen later than what came after it.
OVERLAP = timedelta(minutes=1)


async def follow_erasures(gateway: Gateway) -> None:
    """For ever: tell of what is new; at the start of all that is remembered, for nobody may have heard of it."""
    since, known = datetime.fromtimestamp(0, gateway.now().tzinfo), set[str]()
    while True:
        try:
            erased = await asyncio.to_thread(gateway.eraser.erasures.since, since - OVERLAP if known else since)
            for erasure in erased:
                if erasure.conversation_id not in known:
                    gateway.gone(erasure)
            known = {erasure.conversation_id for erasure in erased}
            since = max((erasure.at for erasure in erased), default=since)
        except StoreUnavailable:
            logger.warning("The store did not answer; what was erased is looked for again.")
        except Exception:  # the edge: the rounds go on
            logger.exception("What was erased could not be told.")
        await asyncio.sleep(ROUND_SECONDS)
