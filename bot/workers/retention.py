"""What is too old is deleted in time, as the gateway runs."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

from bot.core.errors import StoreUnavailable
from bot.services.retention import Retention

logger = logging.getLogger(__name__)

ROUND_SECONDS = 3600.0
# Between two batches, for others write to the database, too.
REST_SECONDS = 0.05


async def run_retention(retention: Retention) -> None:
    """For ever: a round now, and one each hour."""
    while True:
        try:
            await _round(retention)
        except StoreUnavailable:
            logger.warning("The store did not answer; the next round deletes what is too old.")
        except Exception:  # the edge: the rounds go on
            logger.exception("What is too old could not be deleted.")
        await asyncio.sleep(ROUND_SECONDS)


async def _round(retention: Retention) -> None:
    counts: Counter[str] = Counter()
    steps = retention.steps()
    while step := await asyncio.to_thread(next, steps, None):
        counts[step[0]] += step[1]
        await asyncio.sleep(REST_SECONDS)
    for kind, count in counts.items():
        if count:
            logger.info("Deleted %d %s by their age.", count, kind)
