"""Agents at the stand-in for Zendesk's messaging."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from desks.agent_driver import AgentDriver
from desks.fake_http import serve
from desks.house import House
from desks.webhook_delivery import Hooks

from bot.adapters.desks.chatwoot.tests.driver import LARGEST, PACE_SECONDS, phrases
from bot.adapters.desks.zendesk_messaging.desk import ZendeskMessagingDesk
from bot.adapters.desks.zendesk_messaging.settings import ZendeskMessagingSettings
from bot.adapters.desks.zendesk_messaging.tests.stand_in import KEY, SECRET, ZendeskServer
from bot.adapters.desks.zendesk_messaging.tests.stand_in_account import AGENTS, APP, BOT, HOOK_KEY
from bot.ports import AgentDesk


class Zendesk(AgentDriver):
    """See `AgentDriver`. Zendesk messaging reports only what agents write."""

    cannot = frozenset({"transfer", "see typing"})
    status_of_a_forged_webhook = 401

    def __init__(self, server: ZendeskServer) -> None:
        self.server = server
        self.hooks = Hooks()
        server.hook = self.hooks.send

    def desk(self) -> AgentDesk | None:
        settings = ZendeskMessagingSettings(
            self.server.url, APP, KEY, SECRET, webhook_secret=HOOK_KEY, answer_seconds=0.5)
        return ZendeskMessagingDesk(settings, phrases(), LARGEST, PACE_SECONDS)

    def attach(self, house: House) -> None:
        self.hooks.house = house

    def cases(self) -> list[str]:
        """See `AgentDriver`. Counts cases that were passed to the agents."""
        return [one["displayName"] for one in self.server.conversations.values() if one["passed"]]

    def seen(self, case: str) -> list[str]:
        return [one["content"]["text"] for one in self._ours(case)]

    def files(self, case: str) -> list[tuple[str, bytes]]:
        return [(unquote(one["content"]["mediaUrl"].rpartition("/")[2]), self.server.content_of(one))
                for one in self._ours(case) if "mediaUrl" in one["content"]]

    def sees_typing(self, case: str) -> bool:
        """See `AgentDriver`. Zendesk messaging takes no typing of users."""
        return False

    def is_over(self, case: str) -> bool:
        return bool(self.server.conversations[self.server.id(case)]["active"] != AGENTS)

    def accept(self, case: str, agent: str) -> None:
        """See `AgentDriver`. The agent who answers has the case."""
        self.say(case, agent, "Halo")

    def say(self, case: str, agent: str, text: str) -> None:
        self.server.say(self.server.id(case), agent.title(), text)

    def note(self, case: str, agent: str, text: str) -> None:
        """See `AgentDriver`. Internal notes belong to the ticket; messaging does not report them."""

    def show(self, case: str, agent: str, name: str, content: bytes) -> None:
        self.server.say(self.server.id(case), agent.title(), "", file=(name, "image/png", content))

    def type(self, case: str, agent: str) -> None:
        self.server.type(self.server.id(case), True)

    def transfer(self, case: str, agent: str, tier: int) -> None:
        """See `AgentDriver`. Groups belong to the ticket; messaging does not report them."""

    def give_back(self, case: str, agent: str) -> None:
        self.server.pass_to(self.server.id(case), BOT)

    def close(self, case: str, agent: str, reason: str) -> None:
        """See `AgentDriver`. Messaging reports no reason."""
        self.server.release(self.server.id(case))

    def go_away(self) -> None:
        self.server.stop()

    def come_back(self) -> None:
        self.server.start()

    def _ours(self, case: str) -> list[dict[str, Any]]:
        return [one for one in self.server.conversations[self.server.id(case)]["messages"]
                if "kilat" in (one.get("metadata") or {})]


def open_driver(request: pytest.FixtureRequest) -> Zendesk:
    """Agents at a new stand-in."""
    return Zendesk(serve(ZendeskServer(), request))
