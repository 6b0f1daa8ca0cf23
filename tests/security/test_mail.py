"""Mail that a stranger words: a real mail server gets one `From`, one `To`, one plain body, whatever was typed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from email import message_from_bytes
from email.policy import compat32, default

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.desks.mail.tests.driver import SUPPORT, MailboxDriver
from bot.adapters.desks.mail.tests.stand_in import Mailbox
from bot.ports import Receipt, Ticket, TicketDraft, TicketExport

NOW = datetime(2026, 11, 22, 20, 31, 5, tzinfo=timezone.utc)
ONCE = ("from", "to", "subject", "content-type", "message-id", "reply-to", "mime-version")
INJECTED = "From:_CEO_<ceo@example.com>"
HOSTILE = [
    "=?utf-8?q?Invoice=0d=0aFrom:_CEO_<ceo@example.com>=0d=0aContent-Type:_text/html=0d=0a=0d=0a<h1>Pay</h1>?=",
    "=?utf-8?b?SGkNCkZyb206IENFTyA8Y2VvQGV4YW1wbGUuY29tPg0KDQo8aDE+UGF5PC9oMT4=?=",
    "=?us-ascii?Q?=0D=0ABcc:_all@example.com?=", "=?utf-8?q?=0a?= =?utf-8?q?From:x@y.id?=",
    "=?utf-8?q?a?b?=", "=?utf-8*en?q?=0d=0aX:_y?=", "=?UTF-7?Q?+AA0ACg-From:_a?=", "=?utf-8?q?" * 40,
    "=\u200b?utf-8?q?=0d=0aFrom:_a?=", "= ?utf-8?q?=0d=0aFrom:_a? =", "=\n?utf-8?q?=0aFrom:_a?=",
    "Hi\r\nFrom: ceo@example.com\r\n\r\n<h1>Pay</h1>", "Hi\nBcc: all@example.com", "Hi\rTo: all@example.com",
    "Hi\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029From: ceo@example.com", "Hi\x00From: a", "a" * 900, "😀" * 300, "é" * 997,
    "<script>alert(1)</script>", '"; filename="x', "Re: [KLT-000009] P1", "‮moc.elpmaxe", ",;:<>@()[]\\\"", "?==?",
]


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    """A mail server."""
    server = Mailbox()
    server.start()
    yield server
    server.stop()


def check(box: Mailbox, draft: TicketDraft, ticket_export: TicketExport) -> None:
    """Send a ticket with its receipt, and look at the very bytes that the server got."""
    box.raw.clear()
    asyncio.run(MailboxDriver(box).desk.open_ticket(Ticket("KLT-000001", draft, NOW), ticket_export))
    assert box.raw, "the ticket goes out"
    for raw in box.raw:
        head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
        names = [name.lower().decode() for name in re.findall(rb"(?m)^([!-9;-~]+):", head)]
        assert [names.count(name) for name in ONCE if name != "reply-to"] == [1] * (len(ONCE) - 1), head
        assert names.count("reply-to") <= 1 and {"bcc", "cc", "x"} & set(names) == set()
        assert all(b"\r" not in line for line in head.split(b"\n"))
        plainly = message_from_bytes(raw, policy=compat32)
        assert (plainly["From"], plainly.get_content_type()) == ("kilat@kilat.test", "text/plain")
        assert plainly["To"] in (SUPPORT, "ada@example.com")
        shown = message_from_bytes(raw, policy=default)
        assert "\n" not in str(shown["Subject"]) and not shown.is_multipart()
        assert body.strip()


def ticket_export(text: str) -> TicketExport:
    """A file, a transcript and a receipt, all with this in them."""
    return TicketExport(text, text, None, True, Receipt(f"Tiket KLT-000001 {text}", f"Halo,\n\n{text}"))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_was_typed_is_no_header(box: Mailbox, draft: Callable[..., TicketDraft], text: str) -> None:
    """In the subject and in the description, in the file and in the receipt."""
    check(box, draft("k", subject=text, description=text), ticket_export(text))


@pytest.mark.parametrize("text", HOSTILE)
def test_an_address_or_nothing(box: Mailbox, draft: Callable[..., TicketDraft], text: str) -> None:
    """What is no address is written to nobody, and stands in no header."""
    check(box, draft("k", email=text), ticket_export("x"))
    assert len(box.raw) == 1 and b"\nreply-to" not in box.raw[0].lower()


@given(text=st.text(st.characters(blacklist_categories=("Cs",)), max_size=200),
       word=st.sampled_from(["=?utf-8?q?=0d=0aFrom:_a@b.id?=", "=?", "?=", "\r\n", "\nTo: a@b.id", "=0D=0A"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_anything_that_people_type(box: Mailbox, draft: Callable[..., TicketDraft], text: str, word: str) -> None:
    """Around and between what would be a header."""
    check(box, draft("k", subject=text[:100] + word + text[100:] or "x"), ticket_export(word + text))
