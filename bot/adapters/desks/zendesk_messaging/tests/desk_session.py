"""A Zendesk messaging desk for a test's steps, and what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from desks.samples import PHRASES, case

from bot.adapters.desks.zendesk_messaging.desk import ZendeskMessagingDesk
from bot.adapters.desks.zendesk_messaging.settings import ZendeskMessagingSettings
from bot.adapters.desks.zendesk_messaging.tests.stand_in import KEY, SECRET, ZendeskServer
from bot.adapters.desks.zendesk_messaging.tests.stand_in_account import APP, HOOK_KEY
from bot.ports import DeskNews

LARGEST = 100
PACE = 0.05
Talk = Callable[[ZendeskMessagingDesk, str], Awaitable[Any]]


def settings_for(server: ZendeskServer) -> ZendeskMessagingSettings:
    """The settings of the stand-in, with a short time-out."""
    return ZendeskMessagingSettings(server.url, APP, KEY, SECRET, webhook_secret=HOOK_KEY, answer_seconds=0.7)


def use(server: ZendeskServer, talk: Talk, transcript: str = "The case.") -> Any:
    """Run `talk` with a new desk, as after a restart, and the case's `ref`."""

    async def main() -> Any:
        desk = ZendeskMessagingDesk(settings_for(server), PHRASES, LARGEST, PACE)
        try:
            return await talk(desk, await desk.open_case(case(), None, transcript))
        finally:
            await desk.aclose()

    return asyncio.run(main())


def shown(server: ZendeskServer) -> list[tuple[str, str]]:
    """(author, text) of the case's messages."""
    one = server.conversations[server.id("KLC-000001")]
    return [(message["author"].get("displayName", ""), message["content"]["text"]) for message in one["messages"]]


async def told(desk: ZendeskMessagingDesk, ref: str, cursor: str | None = None) -> DeskNews:
    """The desk's next news."""
    return await asyncio.wait_for(desk.news(cursor, [ref]), 5)


def kinds(news: DeskNews) -> list[tuple[str, str, str]]:
    """(kind, agent, text) of the events."""
    return [(event.kind, event.agent.name if event.agent else "", event.text) for event in news.events]
