"""Zendesk messaging's real behaviour: triggers, private files, late release of control, suspended users."""

from __future__ import annotations

import pytest
from desks.samples import PHRASES

from bot.adapters.desks.zendesk_messaging.desk import ZendeskMessagingDesk
from bot.adapters.desks.zendesk_messaging.tests.desk_session import LARGEST, kinds, settings_for, told, use
from bot.adapters.desks.zendesk_messaging.tests.stand_in import ZendeskServer


@pytest.mark.parametrize("what", ["trigger", "no id", "bot", "AI", "activity"])
def test_what_no_person_wrote_takes_no_case(server: ZendeskServer, what: str) -> None:
    """Messages of triggers and bots have the same source as agents' messages, and a name."""

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> list[tuple[str, str, str]]:
        if what == "trigger":
            server.trigger(ref, "Thanks, we are on it")
        elif what == "no id":
            server.say(ref, "Budi", "Thanks", agent="")
        else:
            server.say(ref, "Budi", "Thanks", subtypes=(what,))
        return kinds(await told(desk, ref))

    assert use(server, talk) == []


@pytest.mark.parametrize("who", [{"source": "api:conversations"}, {"subtypes": ["AI"]}, {"type": "user"}])
def test_who_types_is_no_agent(server: ZendeskServer, who: dict[str, object]) -> None:
    """Typing of another bot or the visitor does not count."""

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> list[list[tuple[str, str, str]]]:
        first = await told(desk, ref)
        server.hook = desk.receive_webhook
        server.type(ref, True, **who)  # type: ignore[arg-type]
        second = await told(desk, ref, first.cursor)
        server.type(ref, True)
        return [kinds(second), kinds(await told(desk, ref, second.cursor))]

    assert use(server, talk) == [[], [("typing", "", "on")]]


def test_two_agents_of_one_name_are_two(server: ZendeskServer) -> None:
    """Agents are distinguished by their ids."""

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> list[str]:
        server.say(ref, "Budi", "satu", agent="1")
        server.say(ref, "Budi", "dua", agent="2")
        return [event.agent.id for event in (await told(desk, ref)).events if event.agent]

    assert use(server, talk) == ["1", "1", "2", "2"]


def test_solved_is_not_over_before_it_is_closed(server: ZendeskServer) -> None:
    """A solved ticket stays with the agents, who may go on writing."""

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> list[tuple[str, str, str]]:
        server.say(ref, "Budi", "Halo!")
        server.solve(ref)
        first = await told(desk, ref)
        server.say(ref, "Budi", "Satu lagi")
        second = await told(desk, ref, first.cursor)
        server.release(ref)
        return kinds(first) + kinds(second) + kinds(await told(desk, ref, second.cursor))

    assert use(server, talk) == [("accepted", "Budi", ""), ("message", "Budi", "Halo!"),
                                 ("message", "Budi", "Satu lagi"), ("closed", "Budi", "solved")]


@pytest.mark.parametrize(("reason", "outcome"), [("ticketClosed", "solved"), ("transferToEmail", ""), ("", "solved")])
def test_why_control_was_given_up(server: ZendeskServer, reason: str, outcome: str) -> None:
    """A case that goes on by e-mail is not solved."""

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> list[tuple[str, str, str]]:
        first = await told(desk, ref)
        server.hook = desk.receive_webhook
        server.release(ref, reason)
        return kinds(await told(desk, ref, first.cursor))

    assert use(server, talk) == [("closed", "Agent", outcome)]


def test_a_private_file_is_read_with_the_key(server: ZendeskServer) -> None:
    """Private files are the default since December 2024. Another address never gets the key."""

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> bytes | None:
        server.say(ref, "Budi", "", file=("panduan.pdf", "application/pdf", b"%PDF"))
        return (await told(desk, ref)).events[-1].file

    assert use(server, talk) == b"%PDF"


def test_two_changes_of_one_moment(server: ZendeskServer) -> None:
    """Zendesk gives both the same time; Kilat still reads the second."""
    server.updated_at = "2999-01-01T00:00:00.000Z"

    async def talk(_: ZendeskMessagingDesk, ref: str) -> list[str]:
        desk = ZendeskMessagingDesk(settings_for(server), PHRASES, LARGEST, 0.05)
        texts, cursor = [], None
        for text in ("satu", "dua"):
            server.say(ref, "Budi", text)
            news = await told(desk, ref, cursor)
            cursor = news.cursor
            texts += [event.text for event in news.events if event.kind == "message"]
        await desk.aclose()
        return texts

    assert use(server, talk) == ["satu", "dua"]
