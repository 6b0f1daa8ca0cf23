"""The events of Chatwoot's agents, against a strict stand-in."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timezone

import pytest
from desks.samples import PHRASES, case, said
from waiting import PATIENCE_SECONDS

from bot.adapters.desks.chatwoot.desk import ChatwootDesk
from bot.adapters.desks.chatwoot.settings import ChatwootSettings
from bot.adapters.desks.chatwoot.tests.desk_session import LARGEST, REF, SECOND, kinds, settings_for, shown, told, use
from bot.adapters.desks.chatwoot.tests.stand_in import ChatwootServer
from bot.adapters.desks.chatwoot.tests.stand_in_account import ME, SECRET, signed
from bot.core.errors import DeskUnavailable, WebhookRefused
from bot.ports import DeskNews


def test_what_agents_do(server: ChatwootServer) -> None:
    """Events come once, in order. Notes, bots, rules, deleted messages and Kilat's own messages are no answers."""

    async def talk(desk: ChatwootDesk) -> list[list[tuple[str, str, str]]]:
        budi, rina = server.agent("Budi"), server.agent("Rina")
        server.assign(1, budi)
        first = await told(desk)
        server.say(1, budi, "a note", private=True)
        server.say(1, None, "a rule")
        server.say(1, budi, "a bot", kind="agent_bot")
        server.delete(1, server.say(1, budi, "wrong window"))
        server.say(1, budi, "Halo!")
        server.say(1, rina, None, file=("panduan 1.pdf", b"%PDF"))
        await desk.relay(REF, said(5, "terima kasih"))
        second = await told(desk, first.cursor)
        again = await told(desk, first.cursor)
        assert [event.id for event in again.events] == [event.id for event in second.events]
        assert second.events[-1].file == b"%PDF"
        server.set_status(1, "resolved")
        third = await told(desk, second.cursor)
        fourth = await told(desk, third.cursor)
        return [kinds(news) for news in (first, second, third, fourth)]

    assert use(server, talk) == [
        [("accepted", "Budi", "")],
        [("message", "Budi", "Halo!"), ("accepted", "Rina", ""), ("file", "Rina", "panduan 1.pdf")],
        [("closed", "Rina", "solved")], []]


def test_kilat_itself_is_no_agent(server: ChatwootServer) -> None:
    """Kilat's user is the assignee for a moment after it opened a conversation; that is no event."""

    async def look(desk: ChatwootDesk) -> DeskNews:
        server.assign(1, ME)
        return await told(desk)

    assert not use(server, look).events


def test_a_case_is_given_up_handed_on_and_back(server: ChatwootServer) -> None:
    """Without an assignee, the case goes to the queue; with a new one, to that agent; pending, to the bot."""

    async def talk(desk: ChatwootDesk) -> list[tuple[str, str, str]]:
        budi, rina = server.agent("Budi"), server.agent("Rina")
        happened, cursor = [], None
        for step in (lambda: server.assign(1, budi), lambda: server.assign(1, None), lambda: server.assign(1, rina),
                     lambda: server.set_status(1, "pending")):
            step()
            news = await told(desk, cursor)
            happened += kinds(news)
            cursor = news.cursor
        return happened

    assert use(server, talk) == [
        ("accepted", "Budi", ""), ("transferred", "Budi", ""), ("accepted", "Rina", ""), ("returned", "Rina", "")]


@pytest.mark.parametrize(("labels", "outcome"), [
    ([], "solved"), (["vip", "spam"], "spam"), (["unsolved"], "unsolved"), (["duplicate"], "duplicate")])
def test_a_label_says_how_it_ended(server: ChatwootServer, labels: list[str], outcome: str) -> None:
    """A label with an outcome's name is the outcome. Without an assignee, the agent is unknown."""

    async def talk(desk: ChatwootDesk) -> list[tuple[str, str, str]]:
        server.conversations[1]["labels"] = labels
        server.set_status(1, "resolved")
        return kinds(await told(desk))

    assert use(server, talk) == [("closed", "Agent", outcome)]


def test_a_long_absence_loses_nothing(server: ChatwootServer) -> None:
    """There are more messages than on one page."""

    async def talk(desk: ChatwootDesk) -> list[str]:
        budi = server.agent("Budi")
        for number in range(250):
            server.say(1, budi, str(number))
        return [event.text for event in (await told(desk)).events if event.kind == "message"]

    assert use(server, talk) == [str(number) for number in range(250)]


def test_a_message_that_becomes_visible_late_is_heard(server: ChatwootServer) -> None:
    """Two concurrent transactions may commit in the other order."""

    async def talk(desk: ChatwootDesk) -> list[str]:
        budi = server.agent("Budi")
        server.say(1, budi, "1")
        server.say(1, budi, "2")
        late = server.conversations[1]["messages"].pop(-2)
        first = await told(desk)
        server.conversations[1]["messages"].insert(-1, late)
        server.say(1, budi, "3")
        second = await told(desk, first.cursor)
        return [event.text for news in (first, second) for event in news.events if event.kind == "message"]

    assert use(server, talk) == ["2", "1", "3"]


def test_a_file_that_is_too_large_is_not_read_to_its_end(server: ChatwootServer) -> None:
    """Kilat reads one byte more than allowed."""

    async def talk(desk: ChatwootDesk) -> int:
        server.say(1, server.agent("Budi"), None, file=("film.mp4", b"x" * 100_000))
        return len((await told(desk)).events[-1].file or b"")

    assert use(server, talk) == LARGEST + 1


def test_a_deleted_conversation_fails_once_and_alone(server: ChatwootServer) -> None:
    """Other cases go on."""

    async def talk(desk: ChatwootDesk) -> list[tuple[str, str]]:
        await desk.open_case(case("KLC-000002"), None, "The second.")
        refs = (REF, SECOND)
        del server.conversations[1]
        server.say(2, server.agent("Budi"), "Halo!")
        first = await told(desk, None, refs)
        second = await told(desk, first.cursor, refs)
        return [(event.kind, event.ref) for news in (first, second) for event in news.events]

    assert use(server, talk) == [("failed", REF), ("accepted", SECOND), ("message", SECOND)]
    server.wrong.clear()


def test_a_desk_that_is_away_says_so(server: ChatwootServer) -> None:
    """Messages from the time of the outage come later."""

    async def talk(desk: ChatwootDesk) -> list[str]:
        first = await told(desk)
        server.stop()
        with pytest.raises(DeskUnavailable):
            await told(desk, first.cursor)
        with pytest.raises(DeskUnavailable):
            await desk.relay(REF, said(5, "halo"))
        server.start()
        server.say(1, server.agent("Budi"), "Halo!")
        await desk.relay(REF, said(5, "halo"))
        return [event.text for event in (await told(desk, first.cursor)).events if event.kind == "message"]

    assert use(server, talk) == ["Halo!"]
    assert [text for _, _, text in shown(server)].count("halo") == 1


def test_a_webhook_lets_look_at_once(server: ChatwootServer) -> None:
    """A repeated webhook gives no second event. Without a webhook, the next poll reads the case."""

    async def talk(brisk: ChatwootDesk) -> list[str]:
        desk = ChatwootDesk(settings_for(server), PHRASES, LARGEST, pace=3600)
        budi = server.agent("Budi")
        news = asyncio.create_task(desk.news((await told(brisk)).cursor, [REF]))
        await asyncio.sleep(0.3)
        loop = asyncio.get_running_loop()

        def hook(headers: dict[str, str], body: bytes) -> None:
            for _ in range(2):
                loop.call_soon_threadsafe(desk.receive_webhook, headers, body)

        server.hook = hook
        server.say(1, budi, "Halo!")
        found = await asyncio.wait_for(news, PATIENCE_SECONDS)
        await desk.aclose()
        return [event.text for event in found.events if event.kind == "message"]

    assert use(server, talk) == ["Halo!"]


def test_agents_type(server: ChatwootServer) -> None:
    """Typing comes by webhook only. Typing in a private note does not count."""

    async def talk(desk: ChatwootDesk) -> list[tuple[str, str, str]]:
        server.hook = desk.receive_webhook
        budi = server.agent("Budi")
        server.type(1, budi, True, private=True)
        server.type(1, budi, True)
        server.type(1, budi, False)
        await desk.typing(REF, True)
        await desk.typing(REF, False)
        return kinds(await told(desk))

    assert use(server, talk) == [("typing", "Budi", "on"), ("typing", "Budi", "")]
    assert server.typed == [(1, "on"), (1, "off")]


NOW = time.time()


@pytest.mark.parametrize(("headers", "why"), [
    ({}, "not signed"), (signed(b"{}", secret="wrong", at=NOW), "signature"), (signed(b"other", at=NOW), "signature"),
    (signed(b"{}", at=NOW - 600), "too old"), (signed(b"{}", at=NOW + 600), "too old"),
    (signed(b"{}", at=NOW) | {"x-chatwoot-timestamp": "١٢"}, "not signed"), (signed(b"{}", at=NOW), "no event")])
def test_webhooks_that_are_not_theirs(headers: dict[str, str], why: str) -> None:
    """Only signed webhooks cause a poll."""
    desk = ChatwootDesk(ChatwootSettings("http://x", "1", "t", "i", webhook_secrets=(SECRET,)), PHRASES, LARGEST,
                        now=lambda: datetime.fromtimestamp(NOW, timezone.utc))
    with pytest.raises(WebhookRefused, match=why):
        desk.receive_webhook(headers, b"{}")


def test_without_a_secret_no_webhook_is_heard() -> None:
    """Older servers don't sign webhooks; Kilat polls them."""
    desk = ChatwootDesk(ChatwootSettings("http://x", "1", "t", "i"), PHRASES, LARGEST,
                        now=lambda: datetime.now(timezone.utc))
    with pytest.raises(WebhookRefused):
        desk.receive_webhook(signed(b"{}", secret=""), b"{}")
