"""A message of another shape than documented is skipped; no other message is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from desks.samples import said

from bot.adapters.desks.plain_text import split_text
from bot.adapters.desks.zendesk_messaging.desk import ZendeskMessagingDesk
from bot.adapters.desks.zendesk_messaging.tests.desk_session import kinds, told, use
from bot.adapters.desks.zendesk_messaging.tests.stand_in import LONGEST_TEXT, ZendeskServer

Change = Callable[[dict[str, Any]], Any]
LAST = ("message", "Budi", "terakhir")


def at_zendesk(server: ZendeskServer, change: Change) -> list[tuple[str, str, str]]:
    """The events of an agent whose first message was changed by `change`."""

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> list[tuple[str, str, str]]:
        server.say(ref, "Budi", "pertama")
        change(server.conversations[ref]["messages"][-1])
        server.say(ref, "Budi", LAST[2])
        return kinds(await told(desk, ref))

    return list(use(server, talk))


@pytest.mark.parametrize("change", [
    lambda one: one.update(author="Budi"), lambda one: one.update(metadata=["x"]), lambda one: one.update(source=None),
    lambda one: one.update(content=None), lambda one: one["content"].update(text={"a": 1}),
    # No person wrote these.
    lambda one: one["author"].update(subtypes="bot"), lambda one: one["author"].update(subtypes=["ai"]),
    lambda one: one["metadata"].update({"__zendesk_msg.agent.id": -1}),
    lambda one: one["metadata"].update({"__zendesk_msg.agent.id": "__automation"})])
def test_an_odd_message(server: ZendeskServer, change: Change) -> None:
    """The next message comes."""
    assert at_zendesk(server, change) == [("accepted", "Budi", ""), LAST]


@pytest.mark.parametrize(("content", "read"), [
    ({"type": "text", "htmlText": "<p>Halo <b>Sari</b></p><p>Sudah?</p>"}, "Halo Sari\n\nSudah?"),
    ({"type": "text", "markdownText": "**Halo**"}, "**Halo**"),
    ({"type": "text", "text": "Halo", "htmlText": "<p>Lain</p>"}, "Halo")])
def test_words_without_their_plain_form(server: ZendeskServer, content: dict[str, str], read: str) -> None:
    """An agent's formatted message may come as HTML only."""
    assert ("message", "Budi", read) in at_zendesk(server, lambda one: one.update(content=content))


def test_an_agent_without_a_name_to_show(server: ZendeskServer) -> None:
    """The visitor reads the name beside the id."""
    assert {who for _, who, _ in at_zendesk(server, lambda one: one["author"].pop("displayName"))} == {"Budi"}


def test_an_agent_without_any_name(server: ZendeskServer) -> None:
    """The visitor reads a word for an agent, never a number."""

    def forget(one: dict[str, Any]) -> None:
        del one["author"]["displayName"], one["metadata"]["__zendesk_msg.agent.name"]

    assert at_zendesk(server, forget)[:2] == [("accepted", "Agent", ""), ("message", "Agent", "pertama")]


def test_emoji_count_as_two(server: ZendeskServer) -> None:
    """Zendesk counts characters as JavaScript does, and refuses longer texts."""
    text = "🙏" * LONGEST_TEXT

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> list[str]:
        await desk.relay(ref, said(5, text))
        return [one["content"]["text"] for one in server.conversations[ref]["messages"][1:]]

    there = use(server, talk)
    assert "".join(there) == text
    assert all(len(part.encode("utf-16-le")) <= 2 * LONGEST_TEXT for part in there)
    assert split_text("🙏🙏🙏", 2) == ["🙏"] * 3
