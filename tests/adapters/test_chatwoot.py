"""Chatwoot as the desk, against a strict stand-in: what its contract with every desk does not say."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest
from desks.chatwoot_account import ME, SECRET, signed
from desks.chatwoot_server import ACCOUNT, INBOX, INBOX_TOKEN, TOKEN, ChatwootServer
from desks.samples import MARKUP, PHRASES, case, said, sent

from bot.adapters.desks.chatwoot import ChatwootDesk
from bot.adapters.desks.settings import ChatwootSettings
from bot.core.chat import Author
from bot.core.errors import ConfigurationError, DeskUnavailable, WebhookRefused
from bot.ports import DeskNews

LARGEST = 100
PACE = 0.05
REF = "1/KLC-000001"
Talk = Callable[[ChatwootDesk], Awaitable[Any]]


@pytest.fixture
def server() -> Iterator[ChatwootServer]:
    """Chatwoot, and that it was never asked for what it does not know."""
    chatwoot = ChatwootServer()
    chatwoot.start()
    yield chatwoot
    chatwoot.stop()
    assert not chatwoot.wrong


def settings_for(server: ChatwootServer) -> ChatwootSettings:
    """Those of the stand-in, with little patience."""
    return ChatwootSettings(server.url, ACCOUNT, TOKEN, INBOX, INBOX_TOKEN, SECRET, answer_seconds=0.5)


def use(server: ChatwootServer, talk: Talk, *, opened: bool = True, settings: ChatwootSettings | None = None) -> Any:
    """Run `talk` with a new desk, as after a restart."""

    async def main() -> Any:
        desk = ChatwootDesk(settings or settings_for(server), PHRASES, LARGEST, pace=PACE)
        try:
            if opened:
                assert await desk.open_case(case(), None, "The case.") == REF
            return await talk(desk)
        finally:
            await desk.aclose()

    return asyncio.run(main())


def shown(server: ChatwootServer) -> list[tuple[int, bool, str]]:
    """What agents see of the case: kind, private, text."""
    return [(one["message_type"], one["private"], one["content"]) for one in server.conversations[1]["messages"]]


async def told(desk: ChatwootDesk, cursor: str | None = None, refs: tuple[str, ...] = (REF,)) -> DeskNews:
    """News, at once or after a moment."""
    return await asyncio.wait_for(desk.news(cursor, refs), 5)


def kinds(news: DeskNews) -> list[tuple[str, str, str]]:
    """What happened, by whom, in which words."""
    return [(event.kind, event.agent.name if event.agent else "", event.text) for event in news.events]


def test_a_case_is_opened_once(server: ChatwootServer) -> None:
    """With what agents and rules need; again, by another process, it is the same."""

    async def twice(desk: ChatwootDesk) -> None:
        await desk.open_case(case(), None, "The case.")

    use(server, twice)
    use(server, twice)
    assert len(server.conversations) == 1 and shown(server) == [(1, True, "The case.")]
    assert server.conversations[1]["priority"] == "urgent"
    assert server.conversations[1]["custom_attributes"] == {
        "case": "KLC-000001", "plan": "premier", "account_type": "business", "priority": "p1", "tier": "2",
        "language": "id"}


def test_a_second_case_of_a_customer_is_a_conversation_of_its_own(server: ChatwootServer) -> None:
    """And the first is not taken for it."""

    async def second(desk: ChatwootDesk) -> str:
        return await desk.open_case(case("KLC-000002"), None, "The second.")

    assert use(server, second) == "2/KLC-000002"
    assert server.conversations[1]["contact"] == server.conversations[2]["contact"]


def test_a_bot_of_the_inbox_keeps_nothing_back(server: ChatwootServer) -> None:
    """Where an inbox opens conversations for its bot, ours is opened for people: `pending` would mean the bot's."""
    server.opens_as = "pending"

    async def look(desk: ChatwootDesk) -> DeskNews:
        return await told(desk)

    assert not use(server, look).events
    assert server.conversations[1]["status"] == "open" and server.conversations[1]["assignee"] is None


def test_kilat_itself_is_no_agent(server: ChatwootServer) -> None:
    """Its user has a conversation for a moment where it opened it; nobody was there."""

    async def look(desk: ChatwootDesk) -> DeskNews:
        server.assign(1, ME)
        return await told(desk)

    assert not use(server, look).events


@pytest.mark.parametrize("fault", ["lost", "error", "busy"])
def test_a_doubtful_message_is_there_once(server: ChatwootServer, fault: str) -> None:
    """Whether it arrived or not, and whoever sends it again: this desk, or the next process."""

    async def relay(desk: ChatwootDesk) -> None:
        server.faults.append(fault)
        with pytest.raises(DeskUnavailable):
            await desk.relay(REF, said(5, "halo"))

    async def again(desk: ChatwootDesk) -> None:
        for _ in range(2):
            await desk.relay(REF, said(5, "halo"))
            await desk.relay(REF, said(6, "masih di sana?"))

    use(server, relay)
    use(server, again, opened=False)
    texts = [text for _, _, text in shown(server)]
    assert texts.count("halo") == 1


def test_a_doubt_is_settled_before_the_next(server: ChatwootServer) -> None:
    """The answer to a message got lost; sent again by the same desk, it is not doubled."""

    async def relay(desk: ChatwootDesk) -> None:
        server.faults.append("lost")
        with pytest.raises(DeskUnavailable):
            await desk.relay(REF, said(5, "halo"))
        await desk.relay(REF, said(5, "halo"))
        await desk.relay(REF, said(6, "masih di sana?"))

    use(server, relay)
    assert [text for _, _, text in shown(server)] == ["The case.", "halo", "masih di sana?"]


def test_who_is_busy_says_when_to_come_back(server: ChatwootServer) -> None:
    """429 with `Retry-After`."""

    async def relay(desk: ChatwootDesk) -> float | None:
        server.faults.append("busy")
        with pytest.raises(DeskUnavailable) as error:
            await desk.relay(REF, said(5, "halo"))
        return error.value.retry_after

    assert use(server, relay) == 1.0


def test_each_voice_has_its_place(server: ChatwootServer) -> None:
    """The visitor's words are the contact's; all others' are notes, which no rule there counts as an answer."""

    async def relay(desk: ChatwootDesk) -> None:
        await desk.relay(REF, said(5, "halo"))
        await desk.relay(REF, said(6, "Budi joined", Author.SYSTEM))
        await desk.relay(REF, said(7, "hello", Author.AGENT, name="Budi"))
        await desk.relay(REF, sent(8, "a \"b\".png", "image/png"), b"\x89PNG")

    use(server, relay)
    assert shown(server)[1:] == [
        (0, False, "halo"), (1, True, "Kilat: Budi joined"), (1, True, "Budi: hello"), (0, False, "a \"b\".png")]
    file = server.conversations[1]["messages"][-1]["attachments"][0]
    assert server.content_of(file) == b"\x89PNG"


def test_typed_markup_is_text(server: ChatwootServer) -> None:
    """No renderer of Markdown and no template engine finds anything in it."""

    async def relay(desk: ChatwootDesk) -> None:
        await desk.relay(REF, said(5, MARKUP))

    use(server, relay)
    text = shown(server)[-1][2]
    assert text == (r"\<img src=x onerror=alert(1)\> \*\*bold\*\* \[here\](https://evil.example) "
                    r"\{\{contact.email\}\}")


def test_what_agents_do(server: ChatwootServer) -> None:
    """In their order, once; private notes, bots, rules, deleted words and Kilat's own are nobody's answer."""

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
        [("closed", "Rina", "solved")],
        [],
    ]


def test_a_case_is_given_up_handed_on_and_back(server: ChatwootServer) -> None:
    """Nobody assigned any more: the queue. Another agent: theirs. Pending: the bot's."""

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
    """The labels that have an outcome's name."""

    async def talk(desk: ChatwootDesk) -> list[tuple[str, str, str]]:
        server.conversations[1]["labels"] = labels
        server.set_status(1, "resolved")
        return kinds(await told(desk))

    assert use(server, talk) == [("closed", "", outcome)]


def test_a_long_absence_loses_nothing(server: ChatwootServer) -> None:
    """More messages than a page has."""

    async def talk(desk: ChatwootDesk) -> list[str]:
        budi = server.agent("Budi")
        for number in range(250):
            server.say(1, budi, str(number))
        return [event.text for event in (await told(desk)).events if event.kind == "message"]

    assert use(server, talk) == [str(number) for number in range(250)]


def test_a_message_that_becomes_visible_late_is_heard(server: ChatwootServer) -> None:
    """Two transactions of one moment may end in the other order."""

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
    """One byte more than allowed is enough to refuse it."""

    async def talk(desk: ChatwootDesk) -> int:
        server.say(1, server.agent("Budi"), None, file=("film.mp4", b"x" * 100_000))
        return len((await told(desk)).events[-1].file or b"")

    assert use(server, talk) == LARGEST + 1


def test_a_deleted_conversation_fails_once_and_alone(server: ChatwootServer) -> None:
    """The others go on."""

    async def talk(desk: ChatwootDesk) -> list[tuple[str, str]]:
        await desk.open_case(case("KLC-000002"), None, "The second.")
        refs = (REF, "2/KLC-000002")
        del server.conversations[1]
        server.say(2, server.agent("Budi"), "Halo!")
        first = await told(desk, None, refs)
        second = await told(desk, first.cursor, refs)
        return [(event.kind, event.ref) for news in (first, second) for event in news.events]

    assert use(server, talk) == [("failed", REF), ("accepted", "2/KLC-000002"), ("message", "2/KLC-000002")]
    server.wrong.clear()


def test_a_desk_that_is_away_says_so(server: ChatwootServer) -> None:
    """And what was said meanwhile comes later."""

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
    """Doubled or not, it makes nothing happen twice; without one the case is looked at later."""

    async def talk(brisk: ChatwootDesk) -> tuple[float, list[str]]:
        desk = ChatwootDesk(settings_for(server), PHRASES, LARGEST, pace=30)
        budi = server.agent("Budi")
        news = asyncio.create_task(desk.news((await told(brisk)).cursor, [REF]))
        await asyncio.sleep(0.3)
        loop = asyncio.get_running_loop()

        def hook(headers: dict[str, str], body: bytes) -> None:
            for _ in range(2):
                loop.call_soon_threadsafe(desk.heard, headers, body)

        server.hook = hook
        begun = time.monotonic()
        server.say(1, budi, "Halo!")
        found = await asyncio.wait_for(news, 5)
        await desk.aclose()
        return time.monotonic() - begun, [event.text for event in found.events if event.kind == "message"]

    seconds, texts = use(server, talk)
    assert texts == ["Halo!"] and seconds < 5


def test_agents_type(server: ChatwootServer) -> None:
    """Passing news comes by webhook alone; who types a private note types nothing for the visitor."""

    async def talk(desk: ChatwootDesk) -> list[tuple[str, str, str]]:
        server.hook = desk.heard
        budi = server.agent("Budi")
        server.type(1, budi, True, private=True)
        server.type(1, budi, True)
        server.type(1, budi, False)
        await desk.typing(REF, True)
        await desk.typing(REF, False)
        return kinds(await told(desk))

    assert use(server, talk) == [("typing", "Budi", "on"), ("typing", "Budi", "")]
    assert server.typed == [(1, "on"), (1, "off")]


@pytest.mark.parametrize(("headers", "why"), [
    ({}, "not signed"),
    (signed(b"{}", secret="wrong"), "signature"),
    (signed(b"other"), "signature"),
    (signed(b"{}", at=time.time() - 600), "too old"),
    (signed(b"{}", at=time.time() + 600), "too old"),
    (signed(b"{}") | {"x-chatwoot-timestamp": "١٢"}, "not signed"),
    (signed(b"{}"), "no event"),
])
def test_webhooks_that_are_not_theirs(headers: dict[str, str], why: str) -> None:
    """Nobody else makes the desk look."""
    desk = ChatwootDesk(ChatwootSettings("http://x", "1", "t", "i", webhook_secret=SECRET), PHRASES, LARGEST)
    with pytest.raises(WebhookRefused, match=why):
        desk.heard(headers, b"{}")


def test_without_a_secret_no_webhook_is_heard() -> None:
    """An older server signs nothing; it is asked instead."""
    desk = ChatwootDesk(ChatwootSettings("http://x", "1", "t", "i"), PHRASES, LARGEST,
                        now=lambda: datetime.now(timezone.utc))
    with pytest.raises(WebhookRefused):
        desk.heard(signed(b"{}", secret=""), b"{}")


def test_words_for_agents(server: ChatwootServer) -> None:
    """What did not reach the visitor, and that it is over, each once; the conversation is resolved."""

    async def talk(desk: ChatwootDesk) -> None:
        for _ in range(2):
            await desk.refuse(REF, "m5", "over")
            await desk.close(REF, "solved")

    use(server, talk)
    notes = [text for _, private, text in shown(server) if private]
    assert notes == ["The case.", "Too late.", "The case is closed. Solved."]
    assert server.conversations[1]["status"] == "resolved"


def test_who_is_there(server: ChatwootServer) -> None:
    """Those who are online, not the busy and not the absent."""
    for name, availability in (("Budi", "online"), ("Rina", "busy"), ("Tono", "offline"), ("Wati", "online")):
        server.agent(name, availability)
    assert use(server, lambda desk: desk.online(), opened=False) == 2


@pytest.mark.parametrize(("change", "said_of"), [
    ({"token": "wrong"}, "KILAT_CHATWOOT_TOKEN"), ({"inbox": "wrong"}, "KILAT_CHATWOOT_INBOX"),
    ({"account": "8"}, "KILAT_CHATWOOT_ACCOUNT")])
def test_wrong_settings_stop_the_start(server: ChatwootServer, change: dict[str, str], said_of: str) -> None:
    """With the name of the setting, and without the secret."""
    settings = replace(settings_for(server), **change)
    with pytest.raises(ConfigurationError, match=said_of) as error:
        use(server, lambda desk: desk.check(), opened=False, settings=settings)
    assert TOKEN not in str(error.value)
    server.wrong.clear()


def test_right_settings_and_an_absent_server_do_not(server: ChatwootServer) -> None:
    """The desk may come later."""
    use(server, lambda desk: desk.check(), opened=False)
    server.stop()
    use(server, lambda desk: desk.check(), opened=False)


@pytest.mark.parametrize("missing", ["URL", "ACCOUNT", "TOKEN", "INBOX"])
def test_missing_settings(missing: str) -> None:
    """Each is named."""
    environ = {f"KILAT_CHATWOOT_{name}": value for name, value in (
        ("URL", "https://desk.example/"), ("ACCOUNT", "1"), ("TOKEN", "geheim"), ("INBOX", "i"))}
    whole = ChatwootSettings.from_environment(environ)
    assert whole.url == "https://desk.example" and "geheim" not in repr(whole)
    del environ[f"KILAT_CHATWOOT_{missing}"]
    with pytest.raises(ConfigurationError, match=f"KILAT_CHATWOOT_{missing}"):
        ChatwootSettings.from_environment(environ)


def test_what_has_no_words_is_not_shown(server: ChatwootServer) -> None:
    """And a conversation that somebody has deleted there is over."""

    async def talk(desk: ChatwootDesk) -> None:
        await desk.relay(REF, said(5, ""))
        assert shown(server) == [(1, True, "The case.")]
        del server.conversations[1]
        await desk.close(REF, "left")

    use(server, talk)
    server.wrong.clear()
