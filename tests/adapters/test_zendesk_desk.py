"""Zendesk's messaging as the desk, against a strict stand-in: what its contract with every desk does not say."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from desks.samples import MARKUP, PHRASES, case, said, sent
from desks.zendesk_server import APP, BOT, HOOK_KEY, KEY, SECRET, ZendeskServer

from bot.adapters.desks.settings import ZendeskSettings
from bot.adapters.desks.zendesk import ZendeskDesk
from bot.core.chat import Author
from bot.core.errors import ConfigurationError, DeskUnavailable, WebhookRefused
from bot.ports import DeskNews

LARGEST = 100
PACE = 0.05
Talk = Callable[[ZendeskDesk, str], Awaitable[Any]]


@pytest.fixture
def server() -> Iterator[ZendeskServer]:
    """Zendesk, and that it was never asked for what it does not know."""
    zendesk = ZendeskServer()
    zendesk.start()
    yield zendesk
    zendesk.stop()
    assert not zendesk.wrong


def settings_for(server: ZendeskServer) -> ZendeskSettings:
    """Those of the stand-in, with little patience."""
    return ZendeskSettings(server.url, APP, KEY, SECRET, webhook_secret=HOOK_KEY, answer_seconds=0.5)


def use(server: ZendeskServer, talk: Talk, transcript: str = "The case.") -> Any:
    """Run `talk` with a new desk, as after a restart, and the case's name there."""

    async def main() -> Any:
        desk = ZendeskDesk(settings_for(server), PHRASES, LARGEST, PACE)
        try:
            return await talk(desk, await desk.open_case(case(), None, transcript))
        finally:
            await desk.aclose()

    return asyncio.run(main())


def shown(server: ZendeskServer) -> list[tuple[str, str]]:
    """What agents see of the case: who, and what."""
    one = server.conversations[server.id("KLC-000001")]
    return [(message["author"].get("displayName", ""), message["content"]["text"]) for message in one["messages"]]


async def told(desk: ZendeskDesk, ref: str, cursor: str | None = None) -> DeskNews:
    """News, at once or after a moment."""
    return await asyncio.wait_for(desk.news(cursor, [ref]), 5)


def kinds(news: DeskNews) -> list[tuple[str, str, str]]:
    """What happened, by whom, in which words."""
    return [(event.kind, event.agent.name if event.agent else "", event.text) for event in news.events]


def test_a_case_is_passed_once(server: ZendeskServer) -> None:
    """With what the ticket takes over; again, by another process, it is the same."""

    async def again(desk: ZendeskDesk, ref: str) -> None:
        assert await desk.open_case(case(), None, "The case.") == ref

    use(server, again)
    use(server, again)
    (one,) = server.conversations.values()
    assert shown(server) == [("Kilat", "The case.")] and one["active"]["name"] == "zd-agentWorkspace"
    assert one["passed"][0] == {
        "first_message_id": one["messages"][0]["id"], "dataCapture.systemField.requester.name": "Sari",
        "dataCapture.systemField.requester.email": "sari@example.com",
        "dataCapture.systemField.tags": "kilat,kilat_tier_2,kilat_p1", "kilat_case": "KLC-000001"}
    assert one["metadata"]["plan"] == "premier"


def test_a_customer_with_many_cases(server: ZendeskServer) -> None:
    """Each finds its own conversation, on whichever page."""

    async def more(desk: ZendeskDesk, _: str) -> list[str]:
        numbers = [f"KLC-00000{number}" for number in range(2, 8)]
        first = [await desk.open_case(case(number), None, number) for number in numbers]
        assert [await desk.open_case(case(number), None, number) for number in numbers] == first
        return first

    assert len(set(use(server, more))) == 6 and len(server.conversations) == 7


def test_a_long_transcript_comes_in_parts(server: ZendeskServer) -> None:
    """In order, cut between lines, each once; nothing of it is lost."""
    lines = [f"{number}: {'x' * 90}" for number in range(200)]

    async def again(desk: ZendeskDesk, _: str) -> None:
        await desk.open_case(case(), None, "\n".join(lines))

    use(server, again, "\n".join(lines))
    assert "\n".join(text for _, text in shown(server)).split("\n") == lines
    assert len(shown(server)) == 5


@pytest.mark.parametrize("fault", ["lost", "error", "busy"])
def test_a_doubtful_message_is_there_once(server: ZendeskServer, fault: str) -> None:
    """Whether it arrived or not, and whoever sends it again: this desk, or the next process."""

    async def relay(desk: ZendeskDesk, ref: str) -> None:
        server.faults.append(fault)
        with pytest.raises(DeskUnavailable) as error:
            await desk.relay(ref, said(5, "halo"))
        assert error.value.retry_after == (1.0 if fault == "busy" else None)
        await desk.relay(ref, said(5, "halo"))

    async def again(desk: ZendeskDesk, ref: str) -> None:
        await desk.relay(ref, said(5, "halo"))
        await desk.relay(ref, said(6, "masih di sana?"))

    use(server, relay)
    use(server, again)
    assert shown(server) == [("Kilat", "The case."), ("", "halo"), ("", "masih di sana?")]


def test_each_voice_has_its_place(server: ZendeskServer) -> None:
    """The visitor's words are the user's, as plain text; all others' are the business's, by name."""

    async def relay(desk: ZendeskDesk, ref: str) -> None:
        await desk.relay(ref, said(5, MARKUP))
        await desk.relay(ref, said(6, "Budi joined", Author.SYSTEM))
        await desk.relay(ref, said(7, "hello", Author.AGENT, name="Budi"))
        await desk.relay(ref, sent(8, "a \"b\".png", "image/png"), b"\x89PNG")
        await desk.typing(ref, True)

    use(server, relay)
    assert shown(server)[1:] == [("", MARKUP), ("Kilat", "Budi joined"), ("Budi", "hello"), ("", "a \"b\".png")]
    one = server.conversations[server.id("KLC-000001")]["messages"][-1]
    assert one["content"]["type"] == "image" and server.content_of(one) == b"\x89PNG"


def test_what_agents_do(server: ZendeskServer) -> None:
    """In their order, once; what other bots say is nobody's answer."""

    async def talk(desk: ZendeskDesk, ref: str) -> list[list[tuple[str, str, str]]]:
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
        [("closed", "Rina", "solved")],
        [],
    ]


def test_passed_to_another_integration_it_is_the_bots(server: ZendeskServer) -> None:
    """Released, it is over."""

    async def talk(desk: ZendeskDesk, ref: str) -> list[tuple[str, str, str]]:
        server.say(ref, "Budi", "Halo!")
        first = await told(desk, ref)
        server.pass_to(ref, BOT)
        return kinds(await told(desk, ref, first.cursor))

    assert use(server, talk) == [("returned", "Budi", "")]


@pytest.mark.parametrize("page", [3, 100])
def test_a_long_absence_loses_nothing(server: ZendeskServer, page: int) -> None:
    """More messages than a page has."""
    server.page = page

    async def talk(desk: ZendeskDesk, ref: str) -> list[str]:
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
    """Doubled, it makes nothing happen twice; agents' typing comes by webhook alone."""

    async def talk(brisk: ZendeskDesk, ref: str) -> list[tuple[str, str, str]]:
        desk = ZendeskDesk(settings_for(server), PHRASES, LARGEST, pace=30)
        cursor = (await told(brisk, ref)).cursor
        loop = asyncio.get_running_loop()

        def hook(headers: dict[str, str], body: bytes) -> None:
            for _ in range(2):
                loop.call_soon_threadsafe(desk.heard, headers, body)

        begun = time.monotonic()
        news = asyncio.create_task(desk.news(cursor, [ref]))
        await asyncio.sleep(0.3)
        server.hook = hook
        server.say(ref, "Budi", "Halo!")
        found = await asyncio.wait_for(news, 10)
        server.type(ref, True)
        await asyncio.sleep(0)
        passing = await asyncio.wait_for(desk.news(found.cursor, [ref]), 10)
        await desk.aclose()
        assert time.monotonic() - begun < 10
        return kinds(found) + kinds(passing)

    assert use(server, talk) == [
        ("accepted", "Budi", ""), ("message", "Budi", "Halo!"), ("typing", "", "on"), ("typing", "", "on")]


@pytest.mark.parametrize(("headers", "body", "why"), [
    ({}, b"{}", "key"), ({"x-api-key": "wrong"}, b"{}", "key"), ({"x-api-key": "ключ"}, b"{}", "key"),
    ({"x-api-key": HOOK_KEY}, b"{}", "no event"), ({"x-api-key": HOOK_KEY}, b"[", "no event"),
    ({"x-api-key": HOOK_KEY}, json.dumps({"events": [3]}).encode(), "no event"),
])
def test_webhooks_that_are_not_theirs(headers: dict[str, str], body: bytes, why: str) -> None:
    """Nobody else makes the desk look."""
    desk = ZendeskDesk(ZendeskSettings("http://x", APP, KEY, SECRET, webhook_secret=HOOK_KEY), PHRASES, LARGEST)
    with pytest.raises(WebhookRefused, match=why):
        desk.heard(headers, body)


def test_without_a_secret_no_webhook_is_heard() -> None:
    """It is asked instead."""
    desk = ZendeskDesk(ZendeskSettings("http://x", APP, KEY, SECRET), PHRASES, LARGEST)
    with pytest.raises(WebhookRefused):
        desk.heard({"x-api-key": ""}, b'{"events": []}')


def test_words_for_agents(server: ZendeskServer) -> None:
    """What did not reach the visitor, and that it is over, each once; nobody has the conversation any more."""

    async def talk(desk: ZendeskDesk, ref: str) -> None:
        for _ in range(2):
            await desk.refuse(ref, "m5", "over")
            await desk.close(ref, "solved")

    use(server, talk)
    assert [text for _, text in shown(server)] == ["The case.", "Too late.", "The case is closed. Solved."]
    assert server.conversations[server.id("KLC-000001")]["active"] is None


@pytest.mark.parametrize(("change", "said_of"), [
    ({"secret": "wrong"}, "KILAT_ZENDESK_SECRET"), ({"app": "wrong"}, "KILAT_ZENDESK_APP"),
    ({"integration": "wrong"}, "KILAT_ZENDESK_INTEGRATION.*zd-agentWorkspace")])
def test_wrong_settings_stop_the_start(server: ZendeskServer, change: dict[str, str], said_of: str) -> None:
    """With the name of the setting, and without the secret."""

    async def check() -> None:
        desk = ZendeskDesk(replace(settings_for(server), **change), PHRASES, LARGEST)
        try:
            await desk.check()
        finally:
            await desk.aclose()

    with pytest.raises(ConfigurationError, match=said_of) as error:
        asyncio.run(check())
    assert SECRET not in str(error.value)
    server.wrong.clear()


def test_right_settings_and_an_absent_server_do_not(server: ZendeskServer) -> None:
    """The desk may come later; who is there it never tells."""

    async def check(desk: ZendeskDesk, _: str) -> None:
        await desk.check()
        assert await desk.online() is None
        server.stop()
        await desk.check()

    use(server, check)


@pytest.mark.parametrize("missing", ["URL", "APP", "KEY", "SECRET"])
def test_missing_settings(missing: str) -> None:
    """Each is named; the address may follow from the subdomain."""
    environ = {f"KILAT_ZENDESK_{name}": value for name, value in (
        ("URL", "https://api.smooch.io/"), ("APP", "a"), ("KEY", "k"), ("SECRET", "geheim"))}
    whole = ZendeskSettings.from_environment(environ)
    assert whole.url == "https://api.smooch.io" and "geheim" not in repr(whole)
    del environ[f"KILAT_ZENDESK_{missing}"]
    with pytest.raises(ConfigurationError, match=f"KILAT_ZENDESK_{missing}"):
        ZendeskSettings.from_environment(environ)
    if missing == "URL":
        by_name = ZendeskSettings.from_environment({**environ, "KILAT_ZENDESK_SUBDOMAIN": "acme"})
        assert by_name.url == "https://acme.zendesk.com/sc"


def test_what_has_no_words_is_not_shown(server: ZendeskServer) -> None:
    """And a conversation that somebody has deleted there is over."""

    async def talk(desk: ZendeskDesk, ref: str) -> None:
        await desk.relay(ref, said(5, " "))
        assert shown(server) == [("Kilat", "The case.")]
        server.conversations.clear()
        await desk.close(ref, "left")

    use(server, talk)
    server.wrong.clear()
