"""A Chatwoot desk for a test's steps, and what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from desks.samples import PHRASES, case

from bot.adapters.desks.chatwoot.desk import ChatwootDesk
from bot.adapters.desks.chatwoot.settings import ChatwootSettings
from bot.adapters.desks.chatwoot.tests.stand_in import ACCOUNT, INBOX, INBOX_TOKEN, TOKEN, ChatwootServer
from bot.adapters.desks.chatwoot.tests.stand_in_account import SECRET
from bot.adapters.desks.plain_text import case_name
from bot.ports import DeskNews

LARGEST = 100
PACE = 0.05
REF = f"1/{case_name(case())}"
SECOND = f"2/{case_name(case('KLC-000002'))}"
Talk = Callable[[ChatwootDesk], Awaitable[Any]]


def settings_for(server: ChatwootServer) -> ChatwootSettings:
    """The settings of the stand-in, with a short time-out."""
    return ChatwootSettings(server.url, ACCOUNT, TOKEN, INBOX, INBOX_TOKEN, (SECRET, "other"), answer_seconds=0.7)


def use(server: ChatwootServer, talk: Talk, *, opened: bool = True, settings: ChatwootSettings | None = None) -> Any:
    """Run `talk` with a new desk, as after a restart."""

    async def main() -> Any:
        desk = ChatwootDesk(settings or settings_for(server), PHRASES, LARGEST, pace=PACE)
        try:
            if opened:
                assert await desk.open_case(case(), None, "The case.") == REF
            return await talk(desk)
        finally:
            await desk.aclose()

    return asyncio.run(main())


def shown(server: ChatwootServer) -> list[tuple[int, bool, str]]:
    """(kind, private, text) of the case's messages."""
    return [(one["message_type"], one["private"], one["content"]) for one in server.conversations[1]["messages"]]


async def told(desk: ChatwootDesk, cursor: str | None = None, refs: tuple[str, ...] = (REF,)) -> DeskNews:
    """The desk's next news."""
    return await asyncio.wait_for(desk.news(cursor, refs), 5)


def kinds(news: DeskNews) -> list[tuple[str, str, str]]:
    """(kind, agent, text) of the events."""
    return [(event.kind, event.agent.name if event.agent else "", event.text) for event in news.events]
