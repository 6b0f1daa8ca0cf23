"""Tells this gateway of each erasure, whichever process erased (for a visitor, by age, in a shell)."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from bot.live.gateway import Gateway
from bot.live.rounds import repeat

ROUND_SECONDS = 1.0
# An erasure of another process may become visible after a later one.
OVERLAP = timedelta(minutes=1)


async def follow_erasures(gateway: Gateway) -> None:
    """Call `gateway.gone` for each new erasure, for ever; at the start, for all that are remembered."""
    since, known = datetime.fromtimestamp(0, gateway.now().tzinfo), set[str]()

    async def announce_new() -> None:
        nonlocal since, known
        erased = await asyncio.to_thread(gateway.eraser.erasures.since, since - OVERLAP if known else since)
        for erasure in erased:
            if erasure.conversation_id not in known:
                gateway.gone(erasure)
        known = {erasure.conversation_id for erasure in erased}
        since = max((erasure.at for erasure in erased), default=since)

    await repeat(announce_new, ROUND_SECONDS, "look for erased conversations")
