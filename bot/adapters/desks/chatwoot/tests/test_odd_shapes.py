"""A message of another shape than documented is skipped; no other message is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bot.adapters.desks.chatwoot.client import ChatwootClient
from bot.adapters.desks.chatwoot.desk import ChatwootDesk
from bot.adapters.desks.chatwoot.settings import ChatwootSettings
from bot.adapters.desks.chatwoot.tests.desk_session import kinds, told, use
from bot.adapters.desks.chatwoot.tests.stand_in import ChatwootServer

Change = Callable[[dict[str, Any]], Any]
LAST = ("message", "Budi", "terakhir")


def at_chatwoot(server: ChatwootServer, change: Change) -> list[tuple[str, str, str]]:
    """The events of an agent whose first message was changed by `change`."""

    async def talk(desk: ChatwootDesk) -> list[tuple[str, str, str]]:
        budi = server.agent("Budi")
        server.say(1, budi, "pertama")
        change(server.conversations[1]["messages"][-1])
        server.say(1, budi, LAST[2])
        return kinds(await told(desk))

    return list(use(server, talk))


@pytest.mark.parametrize("change", [
    lambda one: one.update(content_attributes='{"deleted": true}'), lambda one: one.update(sender="Budi"),
    lambda one: one["sender"].pop("id"), lambda one: one.update(content={"text": "pertama"})])
def test_an_odd_message(server: ChatwootServer, change: Change) -> None:
    """The next message comes."""
    assert at_chatwoot(server, change) == [("accepted", "Budi", ""), LAST]


def test_an_odd_file(server: ChatwootServer) -> None:
    """The text beside the file comes."""
    assert at_chatwoot(server, lambda one: one.update(attachments=["x"])) == [
        ("accepted", "Budi", ""), ("message", "Budi", "pertama"), LAST]


@pytest.mark.parametrize("answers", [[list(range(1, 101))] * 3, [list(range(1, 101)), list(range(101, 150))]])
def test_pages_that_say_nothing_new_end(answers: list[list[int]]) -> None:
    """A Chatwoot that ignores `after` gives the same page again and again."""
    asked: list[str] = []

    class Pages:
        async def get(self, _url: str, params: dict[str, str]) -> Any:
            asked.append(params["after"])
            return {"payload": [{"id": number} for number in answers[len(asked) - 1]]}

    settings = ChatwootSettings("http://x", "1", "t", "i")
    api = ChatwootClient(Pages(), settings)  # type: ignore[arg-type]
    found = asyncio.run(api.messages(1))
    assert [one["id"] for one in found] == sorted({number for page in answers for number in page})
    assert asked == ["0", "100"]
