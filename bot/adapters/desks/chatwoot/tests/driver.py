"""Agents at the stand-in for Chatwoot. Their screens render Markdown as Chatwoot's dashboard does."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Any

import pytest
from desks.agent_driver import AgentDriver
from desks.fake_http import serve
from desks.house import House
from desks.webhook_delivery import Hooks
from markdown_it import MarkdownIt

from bot.adapters.desks.chatwoot.desk import ChatwootDesk
from bot.adapters.desks.chatwoot.settings import ChatwootSettings
from bot.adapters.desks.chatwoot.tests.stand_in import ACCOUNT, INBOX, INBOX_TOKEN, TOKEN, ChatwootServer
from bot.adapters.desks.chatwoot.tests.stand_in_account import SECRET
from bot.adapters.wording_reader import read_wording
from bot.ports import AgentDesk
from bot.settings import ROOT

LARGEST = 5_000_000
PACE_SECONDS = 0.3
_SCREEN = MarkdownIt("js-default", {"html": False, "breaks": True})


class Chatwoot(AgentDriver):
    """See `AgentDriver`."""

    status_of_a_forged_webhook = 200

    def __init__(self, server: ChatwootServer) -> None:
        self.server = server
        self.hooks = Hooks()
        server.hook = self.hooks.send
        self._agents = {name: server.agent(name.title()) for name in ("sari", "budi")}

    def desk(self) -> AgentDesk | None:
        settings = ChatwootSettings(self.server.url, ACCOUNT, TOKEN, INBOX, INBOX_TOKEN, (SECRET, "other"),
                                    answer_seconds=0.5)
        return ChatwootDesk(settings, phrases(), LARGEST, pace=PACE_SECONDS)

    def attach(self, house: House) -> None:
        self.hooks.house = house

    def cases(self) -> list[str]:
        return [one["custom_attributes"]["case"] for one in self.server.conversations.values()]

    def seen(self, case: str) -> list[str]:
        return [screen(one["content"]) for one in self._ours(case) if one["content"]]

    def files(self, case: str) -> list[tuple[str, bytes]]:
        return [(one["content"], self.server.content_of(one["attachments"][0]))
                for one in self._ours(case) if one.get("attachments")]

    def sees_typing(self, case: str) -> bool:
        return (self.server.number(case), "on") in self.server.typed

    def is_over(self, case: str) -> bool:
        return bool(self.server.conversations[self.server.number(case)]["status"] == "resolved")

    def accept(self, case: str, agent: str) -> None:
        self.server.assign(self.server.number(case), self._agents[agent])

    def say(self, case: str, agent: str, text: str) -> None:
        self.server.say(self.server.number(case), self._agents[agent], text)

    def note(self, case: str, agent: str, text: str) -> None:
        self.server.say(self.server.number(case), self._agents[agent], text, private=True)

    def show(self, case: str, agent: str, name: str, content: bytes) -> None:
        self.server.say(self.server.number(case), self._agents[agent], None, file=(name, content))

    def type(self, case: str, agent: str) -> None:
        self.server.type(self.server.number(case), self._agents[agent], True)

    def transfer(self, case: str, agent: str, tier: int) -> None:
        self.server.move(self.server.number(case), f"Tier {tier}")

    def give_back(self, case: str, agent: str) -> None:
        self.server.set_status(self.server.number(case), "pending")

    def close(self, case: str, agent: str, reason: str) -> None:
        number = self.server.number(case)
        self.server.conversations[number]["labels"] = [reason]
        self.server.set_status(number, "resolved")

    def go_away(self) -> None:
        self.server.stop()

    def come_back(self) -> None:
        self.server.start()

    def _ours(self, case: str) -> list[dict[str, Any]]:
        return [one for one in self.server.conversations[self.server.number(case)]["messages"] if one["source_id"]]


def open_driver(request: pytest.FixtureRequest) -> Chatwoot:
    """Agents at a new stand-in."""
    return Chatwoot(serve(ChatwootServer(), request))


def screen(text: str) -> str:
    """The visible text of Markdown."""
    return html.unescape(re.sub(r"<[^>]*>", "", _SCREEN.render(text))).strip()


@lru_cache
def phrases() -> dict[str, str]:
    """The English phrases for agents."""
    return dict(read_wording(ROOT / "data").phrases["en"])
