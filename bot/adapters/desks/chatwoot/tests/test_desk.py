"""Chatwoot's behaviour beyond the contract of all desks, against a strict stand-in."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from desks.samples import MARKUP, case, said, sent

from bot.adapters.desks.chatwoot.desk import ChatwootDesk
from bot.adapters.desks.chatwoot.settings import ChatwootSettings
from bot.adapters.desks.chatwoot.tests.desk_session import REF, SECOND, settings_for, shown, told, use
from bot.adapters.desks.chatwoot.tests.stand_in import TOKEN, ChatwootServer
from bot.core.conversation import Author
from bot.core.errors import ConfigurationError, DeskUnavailable
from bot.ports import DeskNews


def test_a_case_is_opened_once(server: ChatwootServer) -> None:
    """The conversation has the attributes for agents and rules. Another process finds the same conversation."""

    async def twice(desk: ChatwootDesk) -> None:
        await desk.open_case(case(), None, "The case.")

    use(server, twice)
    use(server, twice)
    assert len(server.conversations) == 1 and shown(server) == [(1, True, "The case.")]
    assert server.conversations[1]["priority"] == "urgent"
    assert server.conversations[1]["custom_attributes"] == {
        "kilat": REF.partition("/")[2], "case": "KLC-000001", "plan": "premier", "account_type": "business",
        "priority": "p1", "tier": "2", "language": "id"}


def test_a_second_case_of_a_customer_is_a_conversation_of_its_own(server: ChatwootServer) -> None:
    """The first conversation is not taken for the second."""

    async def second(desk: ChatwootDesk) -> str:
        return await desk.open_case(case("KLC-000002"), None, "The second.")

    assert use(server, second) == SECOND
    assert server.conversations[1]["contact"] == server.conversations[2]["contact"]


def test_a_bot_of_the_inbox_keeps_nothing_back(server: ChatwootServer) -> None:
    """In an inbox with a bot, the status is `open`, not `pending`, which is the bot's."""
    server.opens_as = "pending"

    async def look(desk: ChatwootDesk) -> DeskNews:
        return await told(desk)

    assert not use(server, look).events
    assert server.conversations[1]["status"] == "open" and server.conversations[1]["assignee"] is None


def test_a_case_stays_resolved(server: ChatwootServer) -> None:
    """An agent resolves it after the transcript arrived, while Kilat opens it or repeats that."""

    def resolve(_headers: dict[str, str], body: bytes) -> None:
        if json.loads(body).get("content") == "The case.":
            server.set_status(1, "resolved")

    async def again(desk: ChatwootDesk) -> DeskNews:
        await desk.open_case(case(), None, "The case.")
        return await told(desk)

    server.hook = resolve
    assert [event.kind for event in use(server, again).events] == ["closed"]
    assert server.conversations[1]["status"] == "resolved"


@pytest.mark.parametrize("fault", ["lost", "error", "busy"])
def test_a_doubtful_message_is_there_once(server: ChatwootServer, fault: str) -> None:
    """Whether it arrived or not, and whether this desk or another process sends it again."""

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
    """A message whose acknowledgement was lost is not doubled when the same desk sends it again."""

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
    """The visitor's messages are the contact's; all others are notes, which no rule counts as an answer."""

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
    """Neither a Markdown renderer nor a template engine changes typed text."""

    async def relay(desk: ChatwootDesk) -> None:
        await desk.relay(REF, said(5, MARKUP))

    use(server, relay)
    text = shown(server)[-1][2]
    assert text == (r"\<img src=x onerror=alert(1)\> \*\*bold\*\* \[here\](https://evil.example) "
                    r"\{\{contact.email\}\}")


def test_words_for_agents(server: ChatwootServer) -> None:
    """Agents get each notice once: an undelivered message, and the end. The conversation is resolved."""

    async def talk(desk: ChatwootDesk) -> None:
        for _ in range(2):
            await desk.refuse(REF, "m5", "over")
            await desk.close(REF, "solved")

    use(server, talk)
    notes = [text for _, private, text in shown(server) if private]
    assert notes == ["The case.", "Too late.", "The case is closed. Solved."]
    assert server.conversations[1]["status"] == "resolved"


def test_who_is_there(server: ChatwootServer) -> None:
    """Only agents with the status online count."""
    for name, availability in (("Budi", "online"), ("Rina", "busy"), ("Tono", "offline"), ("Wati", "online")):
        server.agent(name, availability)
    assert use(server, lambda desk: desk.online(), opened=False) == 2


@pytest.mark.parametrize(("change", "said_of"), [
    ({"token": "wrong"}, "KILAT_CHATWOOT_TOKEN"), ({"inbox": "wrong"}, "KILAT_CHATWOOT_INBOX"),
    ({"account": "8"}, "KILAT_CHATWOOT_ACCOUNT")])
def test_wrong_settings_stop_the_start(server: ChatwootServer, change: dict[str, str], said_of: str) -> None:
    """The error names the setting, and does not show the secret."""
    settings = replace(settings_for(server), **change)
    with pytest.raises(ConfigurationError, match=said_of) as error:
        use(server, lambda desk: desk.check(), opened=False, settings=settings)
    assert TOKEN not in str(error.value)
    server.wrong.clear()


def test_right_settings_and_an_absent_server_do_not(server: ChatwootServer) -> None:
    """An unreachable desk does not stop the start."""
    use(server, lambda desk: desk.check(), opened=False)
    server.stop()
    use(server, lambda desk: desk.check(), opened=False)


@pytest.mark.parametrize("missing", ["URL", "ACCOUNT", "TOKEN", "INBOX"])
def test_missing_settings(missing: str) -> None:
    """The error names each missing setting."""
    environ = {f"KILAT_CHATWOOT_{name}": value for name, value in (
        ("URL", "https://desk.example/"), ("ACCOUNT", "1"), ("TOKEN", "geheim"), ("INBOX", "i"))}
    whole = ChatwootSettings.from_environment(environ)
    assert whole.url == "https://desk.example" and "geheim" not in repr(whole)
    del environ[f"KILAT_CHATWOOT_{missing}"]
    with pytest.raises(ConfigurationError, match=f"KILAT_CHATWOOT_{missing}"):
        ChatwootSettings.from_environment(environ)


def test_what_has_no_words_is_not_shown(server: ChatwootServer) -> None:
    """Entries without a text are not shown. A deleted conversation is over."""

    async def talk(desk: ChatwootDesk) -> None:
        await desk.relay(REF, said(5, ""))
        assert shown(server) == [(1, True, "The case.")]
        del server.conversations[1]
        await desk.close(REF, "left")

    use(server, talk)
    server.wrong.clear()


def test_a_new_database_counts_anew(server: ChatwootServer) -> None:
    """A case of a new database is not taken for an old one with the same number."""

    async def anew(desk: ChatwootDesk) -> None:
        await desk.open_case(case(conversation_id="c_2"), None, "Another.")
        await desk.open_case(case(conversation_id="c_3", subject="user-2"), None, "A third.")

    use(server, anew)
    assert len(server.conversations) == 3
    assert server.conversations[3]["contact"] != server.conversations[1]["contact"]
