"""The events of Zendesk's agents, against a strict stand-in."""

from __future__ import annotations

import asyncio
import json

import pytest
from desks.samples import PHRASES, said
from waiting import PATIENCE_SECONDS

from bot.adapters.desks.zendesk_messaging.desk import ZendeskMessagingDesk
from bot.adapters.desks.zendesk_messaging.settings import ZendeskMessagingSettings
from bot.adapters.desks.zendesk_messaging.tests.desk_session import LARGEST, kinds, settings_for, told, use
from bot.adapters.desks.zendesk_messaging.tests.stand_in import KEY, SECRET, ZendeskServer
from bot.adapters.desks.zendesk_messaging.tests.stand_in_account import APP, BOT, HOOK_KEY
from bot.core.errors import WebhookRefused


def test_what_agents_do(server: ZendeskServer) -> None:
    """Events come once, in order. Messages of other bots are no answers."""

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> list[list[tuple[str, str, str]]]:
        first = await told(desk, ref)
        server.say(ref, "Answer bot", "a bot", source="zd:answerBot")
        server.say(ref, "Budi", "Halo!")
        await desk.relay(ref, said(5, "terima kasih"))
        server.say(ref, "Rina", "Ini panduannya", file=("panduan 1.pdf", "application/pdf", b"%PDF"))
        second = await told(desk, ref, first.cursor)
        again = await told(desk, ref, first.cursor)
        assert [event.id for event in again.events] == [event.id for event in second.events]
        assert second.events[-1].file == b"%PDF"
        server.release(ref)
        third = await told(desk, ref, second.cursor)
        fourth = await told(desk, ref, third.cursor)
        return [kinds(news) for news in (first, second, third, fourth)]

    assert use(server, talk) == [
        [],
        [("accepted", "Budi", ""), ("message", "Budi", "Halo!"), ("accepted", "Rina", ""),
         ("message", "Rina", "Ini panduannya"), ("file", "Rina", "panduan 1.pdf")],
        [("closed", "Rina", "solved")], []]


def test_passed_to_another_integration_it_is_the_bots(server: ZendeskServer) -> None:
    """A release ends the case; another integration returns it to the bot."""

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> list[tuple[str, str, str]]:
        server.say(ref, "Budi", "Halo!")
        first = await told(desk, ref)
        server.pass_to(ref, BOT)
        return kinds(await told(desk, ref, first.cursor))

    assert use(server, talk) == [("returned", "Budi", "")]


def test_released_before_anybody_answered_it_is_over(server: ZendeskServer) -> None:
    """The agent is unknown."""

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> list[tuple[str, str, str]]:
        first = await told(desk, ref)
        server.release(ref)
        return kinds(await told(desk, ref, first.cursor))

    assert use(server, talk) == [("closed", "Agent", "solved")]


@pytest.mark.parametrize("page", [3, 100])
def test_a_long_absence_loses_nothing(server: ZendeskServer, page: int) -> None:
    """There are more messages than on one page."""
    server.page = page

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> list[str]:
        first = await told(desk, ref)
        for number in range(20):
            server.say(ref, "Budi", str(number))
        second = await told(desk, ref, first.cursor)
        for number in range(20, 40):
            server.say(ref, "Budi", str(number))
        third = await told(desk, ref, second.cursor)
        return [event.text for news in (second, third) for event in news.events if event.kind == "message"]

    assert use(server, talk) == [str(number) for number in range(40)]


def test_a_webhook_lets_look_at_once(server: ZendeskServer) -> None:
    """A repeated webhook gives no second event. Typing comes by webhook only."""

    async def talk(brisk: ZendeskMessagingDesk, ref: str) -> list[tuple[str, str, str]]:
        desk = ZendeskMessagingDesk(settings_for(server), PHRASES, LARGEST, pace=30)
        cursor = (await told(brisk, ref)).cursor
        loop = asyncio.get_running_loop()

        def hook(headers: dict[str, str], body: bytes) -> None:
            for _ in range(2):
                loop.call_soon_threadsafe(desk.receive_webhook, headers, body)

        news = asyncio.create_task(desk.news(cursor, [ref]))
        await asyncio.sleep(0.3)
        server.hook = hook
        server.say(ref, "Budi", "Halo!")
        found = await asyncio.wait_for(news, PATIENCE_SECONDS)
        server.type(ref, True)
        await asyncio.sleep(0)
        passing = await asyncio.wait_for(desk.news(found.cursor, [ref]), PATIENCE_SECONDS)
        await desk.aclose()
        return kinds(found) + kinds(passing)

    assert use(server, talk) == [
        ("accepted", "Budi", ""), ("message", "Budi", "Halo!"), ("typing", "", "on"), ("typing", "", "on")]


@pytest.mark.parametrize(("headers", "body", "why"), [
    ({}, b"{}", "key"), ({"x-api-key": "wrong"}, b"{}", "key"), ({"x-api-key": "ключ"}, b"{}", "key"),
    ({"x-api-key": HOOK_KEY}, b"{}", "no event"), ({"x-api-key": HOOK_KEY}, b"[", "no event"),
    ({"x-api-key": HOOK_KEY}, json.dumps({"events": [3]}).encode(), "no event")])
def test_webhooks_that_are_not_theirs(headers: dict[str, str], body: bytes, why: str) -> None:
    """Only signed webhooks cause a poll."""
    settings = ZendeskMessagingSettings("http://x", APP, KEY, SECRET, webhook_secret=HOOK_KEY)
    desk = ZendeskMessagingDesk(settings, PHRASES, LARGEST)
    with pytest.raises(WebhookRefused, match=why):
        desk.receive_webhook(headers, body)


def test_without_a_secret_no_webhook_is_heard() -> None:
    """Kilat polls instead."""
    desk = ZendeskMessagingDesk(ZendeskMessagingSettings("http://x", APP, KEY, SECRET), PHRASES, LARGEST)
    with pytest.raises(WebhookRefused):
        desk.receive_webhook({"x-api-key": ""}, b'{"events": []}')
