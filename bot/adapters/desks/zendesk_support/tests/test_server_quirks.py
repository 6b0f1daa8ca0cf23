"""Zendesk Support's real behaviour: long notes, suspended users, private and harmful files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from desks.samples import NOW
from desks.ticket_driver import hand_over, read, run

from bot.adapters.desks.ticket_text import all_papers
from bot.adapters.desks.zendesk_support.tests.driver import ZendeskSupportDriver
from bot.adapters.desks.zendesk_support.tests.stand_in import ZendeskServer
from bot.core.errors import DeskUnavailable
from bot.ports import Ticket, TicketDraft, TicketExport

LARGEST = 100


@pytest.mark.parametrize("fault", ["", "lost", "error"])
def test_a_long_conversation_is_there_whole_and_once(server: ZendeskServer, draft: Callable[..., TicketDraft],
                                                     fault: str) -> None:
    """A long transcript takes several notes, as Zendesk refuses notes above 64 kB."""
    ticket = Ticket("KLT-000001", draft("k"), NOW)
    talk = "\n".join(f"{number} {'{' * 90}🙏 & \"x\"" for number in range(900))
    ticket_export = TicketExport("file", talk, None, True, None)
    server.faults = ["", "", fault]

    def hand_over() -> str:
        return asyncio.run(ZendeskSupportDriver(server).desk.open_ticket(ticket, ticket_export))

    if fault:
        with pytest.raises(DeskUnavailable):
            hand_over()
    assert hand_over() == hand_over() == "1"
    notes = [comment["plain_body"] for comment in server.comments[1] if not comment["public"]]
    assert "\n".join(notes).splitlines() == all_papers(ticket_export).splitlines()
    assert len(notes) > 1 and not server.wrong


def test_a_suspended_requester_holds_no_ticket_up(server: ZendeskServer, draft: Callable[..., TicketDraft]) -> None:
    """Zendesk refuses the requester: the ticket is created once, without a requester, with a tag."""
    server.suspended.add("ada@example.com")
    ticket = Ticket("KLT-000001", draft("k"), NOW)
    ticket_export = TicketExport("file", "talk", None, True, None)
    refs = [asyncio.run(ZendeskSupportDriver(server).desk.open_ticket(ticket, ticket_export)) for _ in range(2)]
    [made] = server.tickets.values()
    assert refs == ["1", "1"] and made["tags"] == ["kilat", "kilat_requester_refused"]
    assert any("file" in comment["plain_body"] for comment in server.comments[1])
    assert not server.wrong


@pytest.mark.parametrize(("changes", "content"), [
    ({}, b"%PDF"), ({"malware_scan_result": "malware_found"}, None),
    ({"malware_scan_result": "malware_found", "malware_access_override": True}, b"%PDF"),
    ({"malware_scan_result": "not_scanned"}, b"%PDF"), ({"deleted": True}, None), ({"content_url": None}, None),
    ({"content_url": "http://10.0.0.1/panduan.pdf"}, None),
    # As calls of the interface these would tell what its key may see.
    ({"content_url": "{home}/api/v2/users/me.json"}, None), ({"content_url": "{home}//%61pi/v2/users/me.json"}, None)])
def test_the_file_of_a_ticket(server: ZendeskServer, draft: Callable[..., TicketDraft], changes: dict[str, object],
                              content: bytes | None) -> None:
    """A harmful or deleted file is not fetched, and the key goes to files only."""
    [ref] = hand_over(people := ZendeskSupportDriver(server), Ticket("KLT-000001", draft("k"), NOW))
    people.reply(ref, "Ini", ("panduan.pdf", b"%PDF"))
    [attachment] = server.comments[1][-1]["attachments"]
    attachment.update({key: value.format(home=server.url) if isinstance(value, str) else value
                       for key, value in changes.items()})
    [reply] = read(people, ref)[0]
    [found] = run(people, lambda: people.desk.fetch(reply.files[0], LARGEST))
    # Unsigned, a call of the interface opens nothing: Zendesk takes it for anybody's.
    assert found == content or (content is None and found is not None and b"Anonymous user" in found)
