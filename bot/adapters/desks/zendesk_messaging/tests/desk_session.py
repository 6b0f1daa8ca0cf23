"""A desk that is Zendesk's messaging, used for a moment, and what is seen there."""

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
    """Those of the stand-in, with little patience."""
    return ZendeskMessagingSettings(server.url, APP, KEY, SECRET, webhook_secret=HOOK_KEY, answer_seconds=1.5)


def use(server: ZendeskServer, talk: Talk, transcript: str = "The case.") -> Any:
    """Run `talk` with a new desk, as after a restart, and the case's name there."""

    async def main() -> Any:
        desk = ZendeskMessagingDesk(settings_for(server), PHRASES, LARGEST, PACE)
        try:
            return await talk(desk, await desk.open_case(case(), None, transcript))
        finally:
            await desk.aclose()

    return asyncio.run(main())


def shown(server: ZendeskServer) -> list[tuple[str, str]]:
    """What agents see of the case: who, and what."""
    one = server.conversations[server.id("KLC-000001")]
    return [(message["author"].get("displayName", ""), message["content"]["text"]) for message in one["messages"]]


async def told(desk: ZendeskMessagingDesk, ref: str, cursor: str | None = None) -> DeskNews:
    """News, at once or after a moment."""
    return await asyncio.wait_for(desk.news(cursor, [ref]), 5)


def kinds(news: DeskNews) -> list[tuple[str, str, str]]:
    """What happened, by whom, in which words."""
    return [(event.kind, event.agent.name if event.agent else "", event.text) for event in news.events]
