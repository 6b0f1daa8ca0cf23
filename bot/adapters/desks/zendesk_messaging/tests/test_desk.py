"""Zendesk messaging's behaviour beyond the contract of all desks, against a strict stand-in."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from desks.samples import MARKUP, PHRASES, case, said, sent

from bot.adapters.desks.zendesk_messaging.desk import ZendeskMessagingDesk
from bot.adapters.desks.zendesk_messaging.settings import ZendeskMessagingSettings
from bot.adapters.desks.zendesk_messaging.tests.desk_session import LARGEST, settings_for, shown, use
from bot.adapters.desks.zendesk_messaging.tests.stand_in import SECRET, ZendeskServer
from bot.core.conversation import Author
from bot.core.errors import ConfigurationError, DeskUnavailable


def test_a_case_is_passed_once(server: ZendeskServer) -> None:
    """The conversation has the fields for the ticket. Another process finds the same conversation."""

    async def again(desk: ZendeskMessagingDesk, ref: str) -> None:
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
    """Each case finds its own conversation, on any page."""

    async def more(desk: ZendeskMessagingDesk, _: str) -> list[str]:
        numbers = [f"KLC-00000{number}" for number in range(2, 8)]
        first = [await desk.open_case(case(number), None, number) for number in numbers]
        assert [await desk.open_case(case(number), None, number) for number in numbers] == first
        return first

    assert len(set(use(server, more))) == 6 and len(server.conversations) == 7


def test_a_long_transcript_comes_in_parts(server: ZendeskServer) -> None:
    """The parts come once, in order, split between lines; nothing is lost."""
    lines = [f"{number}: {'x' * 90}" for number in range(200)]

    async def again(desk: ZendeskMessagingDesk, _: str) -> None:
        await desk.open_case(case(), None, "\n".join(lines))

    use(server, again, "\n".join(lines))
    assert "\n".join(text for _, text in shown(server)).split("\n") == lines
    assert len(shown(server)) == 5


@pytest.mark.parametrize("fault", ["lost", "error", "busy"])
def test_a_doubtful_message_is_there_once(server: ZendeskServer, fault: str) -> None:
    """Whether it arrived or not, and whether this desk or another process sends it again."""

    async def relay(desk: ZendeskMessagingDesk, ref: str) -> None:
        server.faults.append(fault)
        with pytest.raises(DeskUnavailable) as error:
            await desk.relay(ref, said(5, "halo"))
        assert error.value.retry_after == (1.0 if fault == "busy" else None)
        await desk.relay(ref, said(5, "halo"))

    async def again(desk: ZendeskMessagingDesk, ref: str) -> None:
        await desk.relay(ref, said(5, "halo"))
        await desk.relay(ref, said(6, "masih di sana?"))

    use(server, relay)
    use(server, again)
    assert shown(server) == [("Kilat", "The case."), ("", "halo"), ("", "masih di sana?")]


def test_each_voice_has_its_place(server: ZendeskServer) -> None:
    """The visitor's messages are the user's, as plain text; all others are the business's, with the author's name."""

    async def relay(desk: ZendeskMessagingDesk, ref: str) -> None:
        await desk.relay(ref, said(5, MARKUP))
        await desk.relay(ref, said(6, "Budi joined", Author.SYSTEM))
        await desk.relay(ref, said(7, "hello", Author.AGENT, name="Budi"))
        await desk.relay(ref, sent(8, "a \"b\".png", "image/png"), b"\x89PNG")
        await desk.typing(ref, True)

    use(server, relay)
    assert shown(server)[1:] == [("", MARKUP), ("Kilat", "Budi joined"), ("Budi", "hello"), ("", "a \"b\".png")]
    one = server.conversations[server.id("KLC-000001")]["messages"][-1]
    assert one["content"]["type"] == "image" and server.content_of(one) == b"\x89PNG"


def test_words_for_agents(server: ZendeskServer) -> None:
    """Agents get each notice once: a message that did not reach the visitor, and the end. Control is released."""

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> None:
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
    """The error names the setting, and does not show the secret."""

    async def check() -> None:
        desk = ZendeskMessagingDesk(replace(settings_for(server), **change), PHRASES, LARGEST)
        try:
            await desk.check()
        finally:
            await desk.aclose()

    with pytest.raises(ConfigurationError, match=said_of) as error:
        asyncio.run(check())
    assert SECRET not in str(error.value)
    server.wrong.clear()


def test_right_settings_and_an_absent_server_do_not(server: ZendeskServer) -> None:
    """An unreachable desk does not stop the start. The number of agents is unknown."""

    async def check(desk: ZendeskMessagingDesk, _: str) -> None:
        await desk.check()
        assert await desk.online() is None
        server.stop()
        await desk.check()

    use(server, check)


@pytest.mark.parametrize("missing", ["URL", "APP", "KEY", "SECRET"])
def test_missing_settings(missing: str) -> None:
    """The error names each missing setting."""
    environ = {f"KILAT_ZENDESK_{name}": value for name, value in (
        ("URL", "https://api.smooch.io/"), ("APP", "a"), ("KEY", "k"), ("SECRET", "geheim"))}
    whole = ZendeskMessagingSettings.from_environment(environ)
    assert whole.url == "https://api.smooch.io" and "geheim" not in repr(whole)
    del environ[f"KILAT_ZENDESK_{missing}"]
    with pytest.raises(ConfigurationError, match=f"KILAT_ZENDESK_{missing}"):
        ZendeskMessagingSettings.from_environment(environ)


def test_what_has_no_words_is_not_shown(server: ZendeskServer) -> None:
    """Entries without a text are not shown. A deleted conversation is over."""

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> None:
        await desk.relay(ref, said(5, " "))
        assert shown(server) == [("Kilat", "The case.")]
        server.conversations.clear()
        await desk.close(ref, "left")

    use(server, talk)
    server.wrong.clear()


def test_a_new_database_counts_anew(server: ZendeskServer) -> None:
    """A case of a new database is not taken for an old one with the same number."""

    async def anew(desk: ZendeskMessagingDesk, _: str) -> None:
        await desk.open_case(case(conversation_id="c_2"), None, "Another.")
        await desk.open_case(case(conversation_id="c_3", subject="user-2"), None, "A third.")

    use(server, anew)
    assert len(server.conversations) == 3
