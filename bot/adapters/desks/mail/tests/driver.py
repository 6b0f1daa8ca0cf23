"""The readers of the support mailbox, behind a real mail server."""

from __future__ import annotations

import pytest
from desks.ticket_driver import PATIENT_SECONDS, Seen

from bot.adapters.desks.mail.desk import MailDesk
from bot.adapters.desks.mail.settings import MailSettings
from bot.adapters.desks.mail.tests.stand_in import Mailbox

SUPPORT = "support@kilat.test"


class MailboxDriver:
    """See `TicketDriver`. A mailbox gives no replies."""

    cannot = frozenset({"reply"})

    def __init__(self, box: Mailbox) -> None:
        self.box = box
        self.faults = box.faults
        self.desk = MailDesk(
            MailSettings("127.0.0.1", box.port, False, None, None, SUPPORT, "kilat@kilat.test"), PATIENT_SECONDS)

    def tickets(self) -> list[Seen]:
        found = []
        for mail in self.box.to(SUPPORT):
            number = str(mail["X-Kilat-Ticket"])
            to = [a for addresses, one in self.box.mails for a in addresses
                  if one["X-Kilat-Ticket"] == number and a != SUPPORT]
            text = mail.get_content()
            subject = str(mail["Subject"])
            urgency = -int(subject.partition("] P")[2][0])
            found.append(Seen(str(mail["Message-ID"]), subject, text, text, tuple(dict.fromkeys(to)), urgency))
        return found

    def go(self) -> None:
        self.box.stop()

    def come(self) -> None:
        self.box.start()


def open_driver(request: pytest.FixtureRequest) -> MailboxDriver:
    """The readers of a new mailbox."""
    box = Mailbox()
    box.start()
    request.addfinalizer(box.stop)
    return MailboxDriver(box)
