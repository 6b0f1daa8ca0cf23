"""The mailbox as the ticket desk: its two mails, and refusals of the mail server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

import pytest
from desks.ticket_driver import read, run

from bot.adapters.desks.mail.desk import MailDesk
from bot.adapters.desks.mail.settings import MailSettings
from bot.adapters.desks.mail.tests.driver import SUPPORT, MailboxDriver
from bot.adapters.desks.mail.tests.stand_in import PASSWORD, USER, Mailbox
from bot.core.errors import ConfigurationError, DeskUnavailable
from bot.ports import Receipt, ReplyFile, Ticket, TicketDraft, TicketExport

MAIL = {"KILAT_SMTP_URL": "smtp://mail.example.com", "KILAT_SUPPORT_EMAIL": SUPPORT}
PAPERS = TicketExport("Tiket: KLT-000001", "Anda: Halo", None, True, Receipt("Sudah kami terima", "Halo,\n\nP2. 😀"))
NOW = datetime(2026, 11, 22, 20, 31, 5, tzinfo=timezone.utc)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """A mail server."""
    server = Mailbox()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def ticket(draft: Callable[..., TicketDraft]) -> Callable[..., Ticket]:
    """Makes a ticket."""

    def make(**changes: Any) -> Ticket:
        return Ticket("KLT-000001", draft("k", **changes), NOW)

    return make


def test_a_mail_server_that_knows_its_users(ticket: Callable[..., Ticket]) -> None:
    """The right password sends mail; a wrong one stops the start."""
    server = Mailbox(asks=True)
    server.start()
    try:
        def desk(password: str) -> MailDesk:
            url = f"smtp://{USER}:{quote(password, safe='')}@127.0.0.1:{server.port}"
            settings = MailSettings.from_environment({**MAIL, "KILAT_SMTP_URL": url})
            assert settings
            return MailDesk(settings, 5)

        asyncio.run(desk(PASSWORD).check())
        asyncio.run(desk(PASSWORD).open_ticket(ticket(), PAPERS))
        with pytest.raises(ConfigurationError, match=r"KILAT_SMTP_URL.*user and password"):
            asyncio.run(desk("wrong").check())
    finally:
        server.stop()
    assert len(server.to(SUPPORT)) == 1


def test_a_password_stays_at_home() -> None:
    """Passwords leave this machine encrypted only."""
    settings = MailSettings.from_environment(MAIL)
    assert settings
    assert MailDesk(settings)._client._connection()._start_tls_on_connect is True
    assert MailDesk(replace(settings, host="127.0.0.1"))._client._connection()._start_tls_on_connect is None


def test_the_two_mails(box: Mailbox, ticket: Callable[..., Ticket]) -> None:
    """Support gets a mail with the visitor's address for replies; the visitor gets one that no machine answers."""
    asyncio.run(MailboxDriver(box).desk.open_ticket(ticket(), PAPERS))
    [support], [receipt] = box.to(SUPPORT), box.to("ada@example.com")
    assert (support["From"], support["Reply-To"], support["X-Kilat-Ticket"]) == (
        "kilat@kilat.test", "ada@example.com", "KLT-000001")
    assert str(support["Subject"]) == "[KLT-000001] P2: Audio"
    assert (receipt["Reply-To"], receipt["Auto-Submitted"]) == (SUPPORT, "auto-generated")
    assert str(receipt["Subject"]) == "Sudah kami terima"
    assert receipt.get_content().replace("\r\n", "\n").strip() == "Halo,\n\nP2. 😀"
    assert {mail.get_content_type() for mail in (support, receipt)} == {"text/plain"}
    assert support["Message-ID"] != receipt["Message-ID"]


def test_a_receipt_that_nobody_takes(box: Mailbox, ticket: Callable[..., Ticket]) -> None:
    """The ticket is sent although the visitor's address does not exist."""
    box.refuses.add("ada@example.com")
    assert asyncio.run(MailboxDriver(box).desk.open_ticket(ticket(), PAPERS))
    assert len(box.to(SUPPORT)) == 1 and box.to("ada@example.com") == []


def test_a_mailbox_that_refuses(box: Mailbox, ticket: Callable[..., Ticket]) -> None:
    """The ticket waits until the mailbox is repaired."""
    box.refuses.add(SUPPORT)
    with pytest.raises(DeskUnavailable, match="550"):
        asyncio.run(MailboxDriver(box).desk.open_ticket(ticket(), PAPERS))
    assert box.mails == []


def test_support_gets_no_repeat_for_a_late_receipt(box: Mailbox, ticket: Callable[..., Ticket]) -> None:
    """While the receipt fails, the mail for support is not sent again."""
    desk = MailboxDriver(box).desk
    box.faults.extend(["", "error", "error"])
    for _ in range(2):
        with pytest.raises(DeskUnavailable):
            asyncio.run(desk.open_ticket(ticket(), PAPERS))
    asyncio.run(desk.open_ticket(ticket(), PAPERS))
    assert [addresses for addresses, _ in box.mails] == [[SUPPORT], ["ada@example.com"]]


@pytest.mark.parametrize("email", ["a,b@c.de", "a;b@c.de", "é@example.com", "a@bücher.example", "a(x)@c.de"])
def test_an_odd_address(box: Mailbox, ticket: Callable[..., Ticket], email: str) -> None:
    """A text that is not one plain address gets no mail; the ticket arrives."""
    asyncio.run(MailboxDriver(box).desk.open_ticket(ticket(email=email), PAPERS))
    [(addresses, mail)] = box.mails
    assert (addresses, mail["Reply-To"]) == ([SUPPORT], None)


def test_a_mailbox_tells_of_no_replies(ticket: Callable[..., Ticket]) -> None:
    """A ticket is over as soon as it is sent."""
    box = Mailbox()
    assert read(MailboxDriver(box), "<KLT-000001@kilat.test>") == ([], None, True)  # type: ignore[arg-type]
    assert box.to(SUPPORT) == []


def test_a_mailbox_has_no_files(box: Mailbox) -> None:
    """There are no replies, and so no files."""
    people = MailboxDriver(box)
    assert run(people, lambda: people.desk.fetch(ReplyFile("1", "a.pdf", ""), 100)) == [None]  # type: ignore[arg-type]
