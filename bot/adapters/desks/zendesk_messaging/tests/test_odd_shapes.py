"""What comes in another shape than Zendesk's documents say: it costs one message, and no other."""

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


def at_zendesk(change: Change) -> list[tuple[str, str, str]]:
    """What is heard of an agent whose first message has another shape."""
    server = ZendeskServer()
    server.start()

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> list[tuple[str, str, str]]:
        server.say(ref, "Budi", "pertama")
        change(server.conversations[ref]["messages"][-1])
        server.say(ref, "Budi", LAST[2])
        return kinds(await told(desk, ref))

    try:
        return list(use(server, talk))
    finally:
        server.stop()


@pytest.mark.parametrize("change", [
    lambda one: one.update(author="Budi"),
    lambda one: one.update(metadata=["x"]),
    lambda one: one.update(source=None),
    lambda one: one.update(content=None),
    lambda one: one["content"].update(text={"a": 1}),
    # No person wrote these.
    lambda one: one["author"].update(subtypes="bot"),
    lambda one: one["author"].update(subtypes=["ai"]),
    lambda one: one["metadata"].update({"__zendesk_msg.agent.id": -1}),
    lambda one: one["metadata"].update({"__zendesk_msg.agent.id": "__automation"}),
])
def test_an_odd_message(change: Change) -> None:
    """What is said after it comes."""
    assert at_zendesk(change) == [("accepted", "Budi", ""), LAST]


@pytest.mark.parametrize(("content", "read"), [
    ({"type": "text", "htmlText": "<p>Halo <b>Sari</b></p><p>Sudah?</p>"}, "Halo Sari\n\nSudah?"),
    ({"type": "text", "markdownText": "**Halo**"}, "**Halo**"),
    ({"type": "text", "text": "Halo", "htmlText": "<p>Lain</p>"}, "Halo"),
])
def test_words_without_their_plain_form(content: dict[str, str], read: str) -> None:
    """An agent's formatted message may come as HTML alone."""
    assert ("message", "Budi", read) in at_zendesk(lambda one: one.update(content=content))


def test_an_agent_without_a_name_to_show() -> None:
    """The visitor reads the name beside the id, or none: never a number."""
    assert {who for _, who, _ in at_zendesk(lambda one: one["author"].pop("displayName"))} == {"Budi"}

    def forget(one: dict[str, Any]) -> None:
        del one["author"]["displayName"], one["metadata"]["__zendesk_msg.agent.name"]

    assert at_zendesk(forget)[:2] == [("accepted", "Agent", ""), ("message", "Agent", "pertama")]


def test_emoji_count_as_two() -> None:
    """Zendesk's servers count as JavaScript does, and refuse a longer text for ever."""
    server = ZendeskServer()
    server.start()
    text = "🙏" * LONGEST_TEXT

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> list[str]:
        await desk.relay(ref, said(5, text))
        return [one["content"]["text"] for one in server.conversations[ref]["messages"][1:]]

    try:
        there = use(server, talk)
    finally:
        server.stop()
    assert "".join(there) == text and not server.wrong
    assert all(len(part.encode("utf-16-le")) <= 2 * LONGEST_TEXT for part in there)
    assert split_text("🙏🙏🙏", 2) == ["🙏"] * 3
