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


async def watch(hub: ConsoleHub) -> None:
    """Go round for ever."""
    loop = asyncio.get_running_loop()
    begun = seen_at = loop.time()
    while True:
        await asyncio.sleep(ROUND_SECONDS)
        try:
            await check_sessions(hub)
            if loop.time() - seen_at >= SEEN_SECONDS:
                for agent in hub.online_agents():
                    await asyncio.to_thread(hub.agents.seen, agent)
                seen_at = loop.time()
            if loop.time() - begun >= GRACE_SECONDS:
                await release_absent(hub)
        except StoreUnavailable:
            logger.warning("Who is there can't be told now; the next round tries again.")
        except Exception:  # the edge: the rounds go on
            logger.exception("A round of the consoles failed.")


async def check_sessions(hub: ConsoleHub) -> None:
    """Whose session has ended is shown nothing more, and is offline when it was their last."""
    for client in hub.clients:
        if not await client.check():
            agent = client.account.id
            if not any(other is not client and other.account.id == agent for other in hub.clients):
                await asyncio.to_thread(hub.agents.seen, agent, "offline")
            client.end()


async def release_absent(hub: ConsoleHub) -> None:
    """Whoever has not been there for too long gives their cases back to the queue."""
    for account in await asyncio.to_thread(hub.agents.absent, hub.now()):
        await hub.gateway.case_actions.release(Agent(account.id, account.name), "away")
