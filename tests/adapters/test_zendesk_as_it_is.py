"""Zendesk as it really behaves: triggers, private files, control that is given up late, people who are suspended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
from desks.samples import NOW, PHRASES
from desks.ticket_desks import AtZendesk, hand_over, read, run
from desks.zendesk_server import ZendeskServer
from desks.zendesk_tickets import ZendeskServer as TicketServer
from desks.zendesk_use import LARGEST, kinds, settings_for, told, use

from bot.adapters.desks.zendesk import ZendeskDesk
from bot.adapters.tickets.texts import all_papers
from bot.core.errors import DeskUnavailable
from bot.ports import Ticket, TicketDraft, TicketExport


@pytest.fixture
def server() -> Iterator[ZendeskServer]:
    """Zendesk, and that it was never asked for what it does not know."""
    zendesk = ZendeskServer()
    zendesk.start()
    yield zendesk
    zendesk.stop()
    assert not zendesk.wrong


@pytest.mark.parametrize("what", ["trigger", "no id", "bot", "AI", "activity"])
def test_what_no_person_wrote_takes_no_case(server: ZendeskServer, what: str) -> None:
    """It comes from where agents' words come from, with a name that looks like one."""

    async def talk(desk: ZendeskDesk, ref: str) -> list[tuple[str, str, str]]:
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
    """Another bot, or the visitor."""

    async def talk(desk: ZendeskDesk, ref: str) -> list[list[tuple[str, str, str]]]:
        first = await told(desk, ref)
        server.hook = desk.heard
        server.type(ref, True, **who)  # type: ignore[arg-type]
        second = await told(desk, ref, first.cursor)
        server.type(ref, True)
        return [kinds(second), kinds(await told(desk, ref, second.cursor))]

    assert use(server, talk) == [[], [("typing", "", "on")]]


def test_two_agents_of_one_name_are_two(server: ZendeskServer) -> None:
    """Zendesk tells their ids with what they write."""

    async def talk(desk: ZendeskDesk, ref: str) -> list[str]:
        server.say(ref, "Budi", "satu", agent="1")
        server.say(ref, "Budi", "dua", agent="2")
        return [event.agent.id for event in (await told(desk, ref)).events if event.agent]

    assert use(server, talk) == ["1", "1", "2", "2"]


def test_solved_is_not_over_before_it_is_closed(server: ZendeskServer) -> None:
    """Control stays with the agents, who may go on writing."""

    async def talk(desk: ZendeskDesk, ref: str) -> list[tuple[str, str, str]]:
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
    """What goes on by e-mail is not solved."""

    async def talk(desk: ZendeskDesk, ref: str) -> list[tuple[str, str, str]]:
        first = await told(desk, ref)
        server.hook = desk.heard
        server.release(ref, reason)
        return kinds(await told(desk, ref, first.cursor))

    assert use(server, talk) == [("closed", "Agent", outcome)]


def test_a_private_file_is_read_with_the_key(server: ZendeskServer) -> None:
    """The default since December 2024. Another address never gets the key."""

    async def talk(desk: ZendeskDesk, ref: str) -> bytes | None:
        server.say(ref, "Budi", "", file=("panduan.pdf", "application/pdf", b"%PDF"))
        return (await told(desk, ref)).events[-1].file

    assert use(server, talk) == b"%PDF"


def test_two_changes_of_one_moment(server: ZendeskServer) -> None:
    """Zendesk gives both the same time: the second is heard all the same."""
    server.updated_at = "2999-01-01T00:00:00.000Z"

    async def talk(_: ZendeskDesk, ref: str) -> list[str]:
        desk = ZendeskDesk(settings_for(server), PHRASES, LARGEST, 0.05)
        texts, cursor = [], None
        for text in ("satu", "dua"):
            server.say(ref, "Budi", text)
            news = await told(desk, ref, cursor)
            cursor = news.cursor
            texts += [event.text for event in news.events if event.kind == "message"]
        await desk.aclose()
        return texts

    assert use(server, talk) == ["satu", "dua"]


@pytest.mark.parametrize("fault", ["", "lost", "error"])
def test_a_long_conversation_is_there_whole_and_once(draft: Callable[..., TicketDraft], fault: str) -> None:
    """In as many notes as it needs: Zendesk refuses one of more than 64 kB for ever, and with it all replies."""
    server = TicketServer()
    server.start()
    ticket = Ticket("KLT-000001", draft("k"), NOW)
    talk = "\n".join(f"{number} {'{' * 90}🙏 & \"x\"" for number in range(900))
    ticket_export = TicketExport("file", talk, None, True, None)
    server.faults = ["", "", fault]

    def hand_over() -> str:
        return asyncio.run(AtZendesk(server).desk.open_ticket(ticket, ticket_export))

    try:
        if fault:
            with pytest.raises(DeskUnavailable):
                hand_over()
        assert hand_over() == hand_over() == "1"
    finally:
        server.stop()
    notes = [comment["plain_body"] for comment in server.comments[1] if not comment["public"]]
    assert "\n".join(notes).splitlines() == all_papers(ticket_export).splitlines()
    assert len(notes) > 1 and not server.wrong


def test_a_suspended_requester_holds_no_ticket_up(draft: Callable[..., TicketDraft]) -> None:
    """Zendesk refuses the person, not the ticket: it goes without, marked, and once."""
    server = TicketServer()
    server.start()
    server.suspended.add("ada@example.com")
    try:
        ticket = Ticket("KLT-000001", draft("k"), NOW)
        refs = [asyncio.run(AtZendesk(server).desk.open_ticket(ticket, TicketExport("file", "talk", None, True, None)))
                for _ in range(2)]
    finally:
        server.stop()
    [made] = server.tickets.values()
    assert refs == ["1", "1"] and made["tags"] == ["kilat", "kilat_requester_refused"]
    assert any("file" in comment["plain_body"] for comment in server.comments[1])
    assert not server.wrong


@pytest.mark.parametrize(("changes", "content"), [
    ({}, b"%PDF"),
    ({"malware_scan_result": "malware_found"}, None),
    ({"malware_scan_result": "malware_found", "malware_access_override": True}, b"%PDF"),
    ({"malware_scan_result": "not_scanned"}, b"%PDF"),
    ({"deleted": True}, None),
    ({"content_url": None}, None),
    ({"content_url": "http://10.0.0.1/panduan.pdf"}, None),
    # As calls of the interface these would tell what its key may see.
    ({"content_url": "{home}/api/v2/users/me.json"}, None),
    ({"content_url": "{home}//%61pi/v2/users/me.json"}, None),
])
def test_the_file_of_a_ticket(
    draft: Callable[..., TicketDraft], changes: dict[str, object], content: bytes | None,
) -> None:
    """What Zendesk says of it holds: what is harmful or gone is not fetched, and the key opens files alone."""
    server = TicketServer()
    server.start()
    try:
        [ref] = hand_over(people := AtZendesk(server), Ticket("KLT-000001", draft("k"), NOW))
        people.reply(ref, "Ini", ("panduan.pdf", b"%PDF"))
        [attachment] = server.comments[1][-1]["attachments"]
        attachment.update({key: value.format(home=server.url) if isinstance(value, str) else value
                           for key, value in changes.items()})
        [reply] = read(people, ref)[0]
        [found] = run(people, lambda: people.desk.fetch(reply.files[0], LARGEST))
    finally:
        server.stop()
    # Unsigned, a call of the interface opens nothing: Zendesk takes it for anybody's.
    assert found == content or (content is None and found is not None and b"Anonymous user" in found)
