"""Who is at the console: those who are there are kept known as there, the cases of the others go back."""

from __future__ import annotations

import asyncio
import logging

from bot.core.conversation import Agent
from bot.core.errors import StoreUnavailable
from bot.live.console.console_hub import ConsoleHub

logger = logging.getLogger(__name__)

ROUND_SECONDS, SEEN_SECONDS = 5.0, 30.0
# After a restart the consoles come back first.
GRACE_SECONDS = 60.0


async def watch(desk: ConsoleHub) -> None:
    """Go round for ever."""
    loop = asyncio.get_running_loop()
    begun = seen_at = loop.time()
    while True:
        await asyncio.sleep(ROUND_SECONDS)
        try:
            await check_sessions(desk)
            if loop.time() - seen_at >= SEEN_SECONDS:
                for agent in desk.there():
                    await asyncio.to_thread(desk.agents.seen, agent)
                seen_at = loop.time()
            if loop.time() - begun >= GRACE_SECONDS:
                await release_absent(desk)
        except StoreUnavailable:
            logger.warning("Who is there can't be told now; the next round tries again.")
        except Exception:  # the edge: the rounds go on
            logger.exception("A round of the consoles failed.")


async def check_sessions(desk: ConsoleHub) -> None:
    """Whose session has ended is shown nothing more, and is offline when it was their last."""
    for screen in desk.screens:
        if not await screen.check():
            agent = screen.account.id
            if not any(other is not screen and other.account.id == agent for other in desk.screens):
                await asyncio.to_thread(desk.agents.seen, agent, "offline")
            screen.end()


async def release_absent(desk: ConsoleHub) -> None:
    """Whoever has not been there for too long gives their cases back to the queue."""
    for account in await asyncio.to_thread(desk.agents.absent, desk.now()):
        await desk.gateway.case_actions.release(Agent(account.id, account.name), "away")
