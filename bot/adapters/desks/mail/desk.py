"""A mailbox as the ticket desk: each ticket goes to the support address, a receipt to the visitor, both by SMTP.

When an acknowledgement is lost, the mail is sent again. The repeat has the same `Message-ID`, by which mailboxes and
people recognise it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP

from bot.adapters.desks.mail.client import MailClient, MailRefused
from bot.adapters.desks.mail.settings import MailSettings, address_of
from bot.adapters.desks.ticket_text import all_papers, one_line
from bot.core.errors import WebhookRefused
from bot.ports import Receipt, ReplyFile, Ticket, TicketDesk, TicketExport, TicketReply

logger = logging.getLogger(__name__)

SECONDS = 20.0


class MailDesk(TicketDesk):
    """`TicketDesk` over SMTP, without replies: people answer to the visitor's own mailbox."""

    name = "mail"

    def __init__(self, settings: MailSettings, seconds: float = SECONDS) -> None:
        self._settings = settings
        self._client = MailClient(settings, seconds)
        # Ids of mails that the server took, while the receipts of their tickets are not sent yet.
        self._taken: set[str] = set()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> MailDesk | None:
        """Read the settings; `None` without `KILAT_SMTP_URL`. Raises `ConfigurationError`."""
        settings = MailSettings.from_environment(environ)
        return cls(settings) if settings else None

    async def check(self) -> None:
        await self._client.check()

    async def open_ticket(self, ticket: Ticket, ticket_export: TicketExport) -> str:
        """See `TicketDesk`. `ref` is the mail's `Message-ID`."""
        mail = self._ticket(ticket, ticket_export)
        name = str(mail["Message-ID"])
        if name not in self._taken:
            await self._client.send(mail, self._settings.support)
            self._taken.add(name)
        if ticket_export.receipt and address_of(ticket.draft.email):
            try:
                await self._client.send(self._receipt(ticket, ticket_export.receipt), ticket.draft.email)
            except MailRefused as error:
                logger.warning("The receipt of %s can't be delivered (%s).", ticket.number, error)
        self._taken.discard(name)
        return name

    async def replies(self, ref: str, cursor: str | None) -> tuple[list[TicketReply], str | None, bool]:
        """See `TicketDesk`. There are none."""
        return [], cursor, True

    async def fetch(self, file: ReplyFile, limit: int) -> bytes | None:
        """See `TicketDesk`. There are no files."""
        return None

    def receive_webhook(self, headers: Mapping[str, str], body: bytes) -> None:
        raise WebhookRefused("a mailbox sends no webhooks")

    async def aclose(self) -> None:
        """See `TicketDesk`. Nothing to release: each mail has its own connection."""

    def _ticket(self, ticket: Ticket, ticket_export: TicketExport) -> EmailMessage:
        draft = ticket.draft
        mail = self._mail(ticket, "", f"[{ticket.number}] {draft.priority.upper()}: {one_line(draft.subject)}")
        mail["To"] = self._settings.support
        if address := address_of(draft.email):
            mail["Reply-To"] = address
        mail.set_content(f"{draft.description}\n\n{all_papers(ticket_export)}")
        return mail

    def _receipt(self, ticket: Ticket, receipt: Receipt) -> EmailMessage:
        mail = self._mail(ticket, ".receipt", one_line(receipt.subject))
        mail["To"] = address_of(ticket.draft.email)
        mail["Reply-To"] = self._settings.support
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(receipt.text)
        return mail

    def _mail(self, ticket: Ticket, kind: str, subject: str) -> EmailMessage:
        mail = EmailMessage(SMTP)
        domain = self._settings.sender.rpartition("@")[2]
        mail["Message-ID"] = f"<{ticket.mark.replace(' ', '.')}{kind}@{domain}>"
        mail["Date"] = ticket.created_at
        mail["From"] = self._settings.sender
        mail["Subject"] = subject
        mail["X-Kilat-Ticket"] = ticket.number
        return mail
