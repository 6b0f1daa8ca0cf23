"""Agents at the stand-in for Zendesk's messaging."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from desks.hooks import Hooks
from desks.house import House

from bot.adapters.desks.chatwoot.tests.driver import LARGEST, PACE_SECONDS, phrases
from bot.adapters.desks.settings import ZendeskSettings
from bot.adapters.desks.zendesk_messaging.desk import ZendeskDesk
from bot.adapters.desks.zendesk_messaging.tests.stand_in import KEY, SECRET, ZendeskServer
from bot.adapters.desks.zendesk_messaging.tests.stand_in_account import AGENTS, APP, BOT, HOOK_KEY
from bot.ports import AgentDesk


class Zendesk:
    """See `Driver`. Its messaging tells of agents what they write, and no more."""

    cannot = frozenset({"transfer", "see typing"})

    def __init__(self, server: ZendeskServer) -> None:
        self.server = server
        self.hooks = Hooks()
        server.hook = self.hooks.send

    def desk(self) -> AgentDesk | None:
        """See `Driver`."""
        settings = ZendeskSettings(self.server.url, APP, KEY, SECRET, webhook_secret=HOOK_KEY, answer_seconds=2)
        return ZendeskDesk(settings, phrases(), LARGEST, PACE_SECONDS)

    def attach(self, house: House) -> None:
        """See `Driver`."""
        self.hooks.house = house

    def cases(self) -> list[str]:
        """See `Driver`: those that were passed to the agents."""
        return [one["displayName"] for one in self.server.conversations.values() if one["passed"]]

    def seen(self, case: str) -> list[str]:
        """See `Driver`."""
        return [one["content"]["text"] for one in self._ours(case)]

    def files(self, case: str) -> list[tuple[str, bytes]]:
        """See `Driver`."""
        return [(unquote(one["content"]["mediaUrl"].rpartition("/")[2]), self.server.content_of(one))
                for one in self._ours(case) if "mediaUrl" in one["content"]]

    def sees_typing(self, case: str) -> bool:
        """See `Driver`: it takes no typing of a user."""
        return False

    def is_over(self, case: str) -> bool:
        """See `Driver`."""
        return bool(self.server.conversations[self.server.id(case)]["active"] != AGENTS)

    def accept(self, case: str, agent: str) -> None:
        """See `Driver`: who answers has it."""
        self.say(case, agent, "Halo")

    def say(self, case: str, agent: str, text: str) -> None:
        """See `Driver`."""
        self.server.say(self.server.id(case), agent.title(), text)

    def note(self, case: str, agent: str, text: str) -> None:
        """See `Driver`: internal notes are the ticket's, and messaging never hears of them."""

    def show(self, case: str, agent: str, name: str, content: bytes) -> None:
        """See `Driver`."""
        self.server.say(self.server.id(case), agent.title(), "", file=(name, "image/png", content))

    def type(self, case: str, agent: str) -> None:
        """See `Driver`."""
        self.server.type(self.server.id(case), True)

    def transfer(self, case: str, agent: str, tier: int) -> None:
        """See `Driver`: groups are the ticket's, and messaging never hears of them."""

    def give_back(self, case: str, agent: str) -> None:
        """See `Driver`."""
        self.server.pass_to(self.server.id(case), BOT)

    def close(self, case: str, agent: str, reason: str) -> None:
        """See `Driver`: messaging tells no reason."""
        self.server.release(self.server.id(case))

    def go_away(self) -> None:
        """See `Driver`."""
        self.server.stop()

    def come_back(self) -> None:
        """See `Driver`."""
        self.server.start()

    def _ours(self, case: str) -> list[dict[str, Any]]:
        return [one for one in self.server.conversations[self.server.id(case)]["messages"]
                if "kilat" in (one.get("metadata") or {})]
