"""What comes from an outside desk in another shape than its documents say: it costs one message, and no other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from desks import chatwoot_use, zendesk_use
from desks.samples import said

from bot.adapters.desks.case_poller import REMEMBERED, Look, Mark, Watch
from bot.adapters.desks.chatwoot.client import ChatwootApi
from bot.adapters.desks.chatwoot.desk import ChatwootDesk
from bot.adapters.desks.chatwoot.tests.stand_in import ChatwootServer
from bot.adapters.desks.http_calls import CallRefused
from bot.adapters.desks.late_files import PATIENT_SECONDS, LateFiles
from bot.adapters.desks.plain_text import parts
from bot.adapters.desks.settings import ChatwootSettings
from bot.adapters.desks.zendesk_messaging.desk import ZendeskDesk
from bot.adapters.desks.zendesk_messaging.tests.stand_in import LONGEST_TEXT, ZendeskServer
from bot.core.conversation import Agent
from bot.core.errors import DeskUnavailable

Change = Callable[[dict[str, Any]], Any]
LAST = ("message", "Budi", "terakhir")


def at_chatwoot(change: Change) -> list[tuple[str, str, str]]:
    """What is heard of an agent whose first message has another shape."""
    server = ChatwootServer()
    server.start()

    async def talk(desk: ChatwootDesk) -> list[tuple[str, str, str]]:
        budi = server.agent("Budi")
        server.say(1, budi, "pertama")
        change(server.conversations[1]["messages"][-1])
        server.say(1, budi, LAST[2])
        return chatwoot_use.kinds(await chatwoot_use.told(desk))

    try:
        return list(chatwoot_use.use(server, talk))
    finally:
        server.stop()


def at_zendesk(change: Change) -> list[tuple[str, str, str]]:
    """The same there."""
    server = ZendeskServer()
    server.start()

    async def talk(desk: ZendeskDesk, ref: str) -> list[tuple[str, str, str]]:
        server.say(ref, "Budi", "pertama")
        change(server.conversations[ref]["messages"][-1])
        server.say(ref, "Budi", LAST[2])
        return zendesk_use.kinds(await zendesk_use.told(desk, ref))

    try:
        return list(zendesk_use.use(server, talk))
    finally:
        server.stop()


@pytest.mark.parametrize("change", [
    lambda one: one.update(content_attributes='{"deleted": true}'),
    lambda one: one.update(sender="Budi"),
    lambda one: one["sender"].pop("id"),
    lambda one: one.update(content={"text": "pertama"}),
])
def test_an_odd_message_at_chatwoot(change: Change) -> None:
    """What is said after it comes."""
    assert at_chatwoot(change) == [("accepted", "Budi", ""), LAST]


def test_an_odd_file_at_chatwoot() -> None:
    """The words beside it come, too."""
    assert at_chatwoot(lambda one: one.update(attachments=["x"])) == [
        ("accepted", "Budi", ""), ("message", "Budi", "pertama"), LAST]


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
def test_an_odd_message_at_zendesk(change: Change) -> None:
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


def test_a_case_of_another_shape_keeps_no_other() -> None:
    """What the others tell comes, and the odd one is looked at again; when there is no other, the desk is away."""

    async def look(seen: Look) -> None:
        if seen.ref == "1":
            raise KeyError("meta")
        seen.has(Agent("a", "Budi"))

    async def main() -> None:
        watch = Watch(0.01)
        news = await watch.news(look, None, ["1", "2"])
        assert [event.ref for event in news.events] == ["2"]
        assert not (await watch.news(look, news.cursor, ["1", "2"])).events
        with pytest.raises(DeskUnavailable):
            await watch.news(look, None, ["1"])

    asyncio.run(main())


def test_a_message_that_came_late_makes_none_new_again() -> None:
    """The newest are remembered as they stand, not as they were told: else older ones would seem to be new, and each
    agent would take the case again."""
    mark, there = Mark(), [f"{number:02}" for number in range(40) if number not in (3, 5, 7, 9)]

    def look() -> list[str]:
        first = next((place for place, one in enumerate(there) if one in mark.messages), 0)
        new = [one for one in there[first:] if one not in mark.messages]
        mark.saw(there[first:])
        return new

    there, later = there[:8], there[8:]
    assert look() == ["00", "01", "02", "04", "06", "08", "10", "11"]
    for late in ("03", "05", "07", "09"):
        there = sorted([*there, late])
        assert look() == [late]
    for number in later:
        there.append(number)
        assert look() == [number]
    assert len(mark.messages) == REMEMBERED


@pytest.mark.parametrize("error", [None, DeskUnavailable("away"), CallRefused("odd", 500)])
def test_a_file_is_waited_for_a_while(error: DeskUnavailable | None) -> None:
    """That its store can't be reached counts as that it is not there: the case must not stand still for ever."""
    now = [0.0]
    files = LateFiles(lambda: now[0])

    async def asked() -> bytes | None:
        if error:
            raise error
        return None

    async def there() -> bytes | None:
        return b"%PDF"

    async def have(one: Callable[[], Awaitable[bytes | None]]) -> bytes:
        return await files.have("a1", one())

    for now[0] in (0.0, PATIENT_SECONDS / 2):
        with pytest.raises(DeskUnavailable):
            asyncio.run(have(asked))
    assert asyncio.run(have(there)) == b"%PDF"
    for now[0] in (1000.0, 1000.0 + PATIENT_SECONDS / 2):
        with pytest.raises(DeskUnavailable):
            asyncio.run(have(asked))
    now[0] += PATIENT_SECONDS
    assert asyncio.run(have(asked)) == b""


def test_emoji_count_as_two() -> None:
    """Zendesk's servers count as JavaScript does, and refuse a longer text for ever."""
    server = ZendeskServer()
    server.start()
    text = "🙏" * LONGEST_TEXT

    async def talk(desk: ZendeskDesk, ref: str) -> list[str]:
        await desk.relay(ref, said(5, text))
        return [one["content"]["text"] for one in server.conversations[ref]["messages"][1:]]

    try:
        there = zendesk_use.use(server, talk)
    finally:
        server.stop()
    assert "".join(there) == text and not server.wrong
    assert all(len(part.encode("utf-16-le")) <= 2 * LONGEST_TEXT for part in there)
    assert parts("🙏🙏🙏", 2) == ["🙏"] * 3


@pytest.mark.parametrize("answers", [[list(range(1, 101))] * 3, [list(range(1, 101)), list(range(101, 150))]])
def test_pages_that_say_nothing_new_end(answers: list[list[int]]) -> None:
    """A Chatwoot that does not know `after` gives the same page for ever."""
    asked: list[str] = []

    class Pages:
        async def get(self, _url: str, params: dict[str, str]) -> Any:
            asked.append(params["after"])
            return {"payload": [{"id": number} for number in answers[len(asked) - 1]]}

    settings = ChatwootSettings("http://x", "1", "t", "i")
    api = ChatwootApi(Pages(), settings)  # type: ignore[arg-type]
    found = asyncio.run(api.messages(1))
    assert [one["id"] for one in found] == sorted({number for page in answers for number in page})
    assert asked == ["0", "100"]
