"""Watches who is at the console: agents with an open console stay online, cases of absent agents go back."""

from __future__ import annotations

import asyncio

from bot.core.conversation import Agent
from bot.live.console.console_hub import ConsoleHub
from bot.live.rounds import repeat

ROUND_SECONDS, SEEN_SECONDS = 5.0, 30.0
# After a restart the consoles need time to reconnect.
GRACE_SECONDS = 60.0


async def watch(hub: ConsoleHub) -> None:
    """Watch for ever."""
    loop = asyncio.get_running_loop()
    begun = seen_at = loop.time()

    async def look() -> None:
        nonlocal seen_at
        await check_sessions(hub)
        if loop.time() - seen_at >= SEEN_SECONDS:
            for agent in hub.online_agents():
                await asyncio.to_thread(hub.agents.seen, agent)
            seen_at = loop.time()
        if loop.time() - begun >= GRACE_SECONDS:
            await release_absent(hub)

    await repeat(look, ROUND_SECONDS, "tell who is at the console")


async def check_sessions(hub: ConsoleHub) -> None:
    """Close the consoles whose session has ended; an agent without another console is offline."""
    for client in hub.clients:
        if not await client.check():
            agent = client.account.id
            if not any(other is not client and other.account.id == agent for other in hub.clients):
                await asyncio.to_thread(hub.agents.seen, agent, "offline")
            client.end()


async def release_absent(hub: ConsoleHub) -> None:
    """Put the cases of agents who have been absent for too long back into the queue."""
    for account in await asyncio.to_thread(hub.agents.absent, hub.now()):
        await hub.gateway.case_actions.release(Agent(account.id, account.name), "away")
