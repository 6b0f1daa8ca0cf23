"""Deletes what is older than it may be kept, while the gateway runs."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

from bot.live.rounds import repeat
from bot.services.retention import Retention

logger = logging.getLogger(__name__)

ROUND_SECONDS = 3600.0
# Between two batches, so that others can write to the database.
REST_SECONDS = 0.05


async def run_retention(retention: Retention) -> None:
    """Run a round now, and one each hour."""

    async def delete_old() -> None:
        counts: Counter[str] = Counter()
        steps = retention.steps()
        while step := await asyncio.to_thread(next, steps, None):
            counts[step[0]] += step[1]
            await asyncio.sleep(REST_SECONDS)
        for kind, count in counts.items():
            if count:
                logger.info("Deleted %d %s by their age.", count, kind)

    await repeat(delete_old, ROUND_SECONDS, "delete what is too old")
