"""A mailbox as the ticket desk: each ticket goes to the support address, a receipt to the visitor, both by SMTP.

SMTP can't promise "once": when the server's last word is lost, nobody knows whether it took the mail. It is sent again
then, with the same `Message-ID`, by which mailboxes and people tell a repeat.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib

from bot.adapters.environment import required
from bot.adapters.tickets.texts import all_papers, one_line
from bot.core.email_address import is_address
from bot.core.errors import ConfigurationError, DeskUnavailable, WebhookRefused
from bot.ports import Receipt, ReplyFile, Ticket, TicketExport, TicketReply

logger = logging.getLogger(__name__)

SECONDS = 20.0
_HERE = ("127.0.0.1", "localhost", "::1")
_PORTS = {"smtp": 587, "smtps": 465}
_REFUSED_FOR_GOOD = 500
_HOW = "Set KILAT_SMTP_URL to smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465."


@dataclass(frozen=True)
class MailSettings:
    """Where mail goes out, and between which addresses. Outside of this machine it goes encrypted or not at all."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None = field(repr=False)
    support: str
    sender: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> MailSettings | None:
        """`None` without `KILAT_SMTP_URL`; `ConfigurationError` says what is wrong."""
        if not environ.get("KILAT_SMTP_URL"):
            return None
        try:
            url = urlsplit(environ["KILAT_SMTP_URL"])
            port = url.port or _PORTS.get(url.scheme, 0)
        except ValueError:
            raise ConfigurationError(f"KILAT_SMTP_URL is no address of a mail server. {_HOW}") from None
        if url.scheme not in _PORTS or not url.hostname:
            raise ConfigurationError(f"KILAT_SMTP_URL is no address of a mail server. {_HOW}")
        support = required(environ, "KILAT_SUPPORT_EMAIL", "It is where tickets go, for KILAT_SMTP_URL is set.")
        sender = environ.get("KILAT_MAIL_FROM") or support
        for name, address in (("KILAT_SUPPORT_EMAIL", support), ("KILAT_MAIL_FROM", sender)):
            if _address(address) is None:
                raise ConfigurationError(f"{name}: {address!r} is no e-mail address")
        user, password = (unquote(part) if part else None for part in (url.username, url.password))
        return cls(url.hostname, port, url.scheme == "smtps", user, password, support, sender)


class MailDesk:
    """`TicketDesk` over SMTP. Nothing comes back: who answers a mail writes to the visitor's own mailbox."""

    name = "mail"

    def __init__(self, settings: MailSettings, seconds: float = SECONDS) -> None:
        self._settings = settings
        self._seconds = seconds
        # What the server took while the rest of its ticket has to wait: not sent again by this process.
        self._taken: set[str] = set()

    async def check(self) -> None:
        """See `TicketDesk`."""
        try:
            async with self._client():
                pass
        except aiosmtplib.SMTPAuthenticationError as error:
            raise ConfigurationError(
                f"KILAT_SMTP_URL: {self._settings.host} refuses this user and password ({error.code})") from error
        except aiosmtplib.SMTPNotSupported as error:
            raise ConfigurationError(
                f"KILAT_SMTP_URL: {self._settings.host} offers no STARTTLS or no sign-in. {_HOW}") from error
        except (aiosmtplib.SMTPException, OSError, asyncio.TimeoutError) as error:
            logger.warning("The mail server does not answer yet: %s", type(error).__name__)

    async def open_ticket(self, ticket: Ticket, ticket_export: TicketExport) -> str:
        """See `TicketDesk`. The name there is the mail's `Message-ID`."""
        mail = self._ticket(ticket, ticket_export)
        name = str(mail["Message-ID"])
        if name not in self._taken:
            await self._send(mail, self._settings.support)
            self._taken.add(name)
        if ticket_export.receipt and _address(ticket.draft.email):
            try:
                await self._send(self._receipt(ticket, ticket_export.receipt), ticket.draft.email)
            except _Refused as error:
                logger.warning("The receipt of %s can't be delivered (%s).", ticket.number, error)
        self._taken.discard(name)
        return name

    async def replies(self, ref: str, cursor: str | None) -> tuple[list[TicketReply], str | None, bool]:
        """See `TicketDesk`: a mailbox tells of none."""
        return [], cursor, True

    async def fetch(self, file: ReplyFile, limit: int) -> bytes | None:
        """See `TicketDesk`: there are none."""
        return None

    def heard(self, headers: Mapping[str, str], body: bytes) -> None:
        """See `TicketDesk`."""
        raise WebhookRefused("a mailbox calls nobody")

    async def aclose(self) -> None:
        """See `TicketDesk`: each mail has a connection of its own."""

    def _ticket(self, ticket: Ticket, ticket_export: TicketExport) -> EmailMessage:
        draft = ticket.draft
        mail = self._mail(ticket, "", f"[{ticket.number}] {draft.priority.upper()}: {one_line(draft.subject)}")
        mail["To"] = self._settings.support
        if address := _address(draft.email):
            mail["Reply-To"] = address
        mail.set_content(f"{draft.description}\n\n{all_papers(ticket_export)}")
        return mail

    def _receipt(self, ticket: Ticket, receipt: Receipt) -> EmailMessage:
        mail = self._mail(ticket, ".receipt", one_line(receipt.subject))
        mail["To"] = _address(ticket.draft.email)
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

    async def _send(self, mail: EmailMessage, to: str) -> None:
        """Hand a mail to the server; `_Refused` when it will never take it for this address."""
        try:
            async with self._client() as client:
                await client.send_message(mail, sender=self._settings.sender, recipients=[to])
        except aiosmtplib.SMTPRecipientsRefused as error:
            code = error.recipients[0].code if error.recipients else 0
            kind = _Refused if code >= _REFUSED_FOR_GOOD else DeskUnavailable
            raise kind(f"the recipient was refused with {code}") from error
        except aiosmtplib.SMTPResponseException as error:
            kind = _Refused if error.code >= _REFUSED_FOR_GOOD else DeskUnavailable
            raise kind(f"the mail server said {error.code}") from error
        except (aiosmtplib.SMTPException, OSError, asyncio.TimeoutError) as error:
            raise DeskUnavailable(f"the mail server did not answer: {type(error).__name__}") from error

    def _client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        # Between processes of one machine there may be no TLS; a password never leaves it in the clear.
        start_tls: Any = None if settings.tls or settings.host in _HERE else True
        return aiosmtplib.SMTP(
            hostname=settings.host, port=settings.port, username=settings.user, password=settings.password,
            use_tls=settings.tls, start_tls=False if settings.tls else start_tls, timeout=self._seconds,
        )


class _Refused(DeskUnavailable):
    """The server will not take this mail, now or later."""


def _address(raw: str) -> Address | None:
    """One address; `None` for what is none."""
    return Address(addr_spec=raw) if is_address(raw) else None
