"""Sends mail by SMTP.

Library: aiosmtplib, https://aiosmtplib.readthedocs.io/ (the gateway is asynchronous, `smtplib` is not).
"""

from __future__ import annotations

import asyncio
import logging
from email.message import EmailMessage
from typing import Any

import aiosmtplib

from bot.adapters.desks.mail.settings import HOW, MailSettings
from bot.core.errors import ConfigurationError, DeskUnavailable

logger = logging.getLogger(__name__)

_HERE = ("127.0.0.1", "localhost", "::1")
_REFUSED_FOR_GOOD = 500


class MailRefused(DeskUnavailable):
    """The server refuses this mail for good."""


class MailClient:
    """Opens a connection for each mail. An answer may take `seconds`."""

    def __init__(self, settings: MailSettings, seconds: float) -> None:
        self._settings = settings
        self._seconds = seconds

    async def check(self) -> None:
        """Sign in and out. Raises `ConfigurationError` when the server refuses that; an unreachable server is fine."""
        try:
            async with self._connection():
                pass
        except aiosmtplib.SMTPAuthenticationError as error:
            raise ConfigurationError(
                f"KILAT_SMTP_URL: {self._settings.host} refuses this user and password ({error.code})") from error
        except aiosmtplib.SMTPNotSupported as error:
            raise ConfigurationError(
                f"KILAT_SMTP_URL: {self._settings.host} offers no STARTTLS or no sign-in. {HOW}") from error
        except (aiosmtplib.SMTPException, OSError, asyncio.TimeoutError) as error:
            logger.warning("The mail server does not answer yet: %s", type(error).__name__)

    async def send(self, mail: EmailMessage, to: str) -> None:
        """Hand a mail to the server. Raises `MailRefused` (for good) or `DeskUnavailable`."""
        try:
            async with self._connection() as connection:
                await connection.send_message(mail, sender=self._settings.sender, recipients=[to])
        except aiosmtplib.SMTPRecipientsRefused as error:
            code = error.recipients[0].code if error.recipients else 0
            kind = MailRefused if code >= _REFUSED_FOR_GOOD else DeskUnavailable
            raise kind(f"the recipient was refused with {code}") from error
        except aiosmtplib.SMTPResponseException as error:
            kind = MailRefused if error.code >= _REFUSED_FOR_GOOD else DeskUnavailable
            raise kind(f"the mail server said {error.code}") from error
        except (aiosmtplib.SMTPException, OSError, asyncio.TimeoutError) as error:
            raise DeskUnavailable(f"the mail server did not answer: {type(error).__name__}") from error

    def _connection(self) -> aiosmtplib.SMTP:
        settings = self._settings
        # TLS is optional on this machine only, so that no password leaves it unencrypted.
        start_tls: Any = None if settings.tls or settings.host in _HERE else True
        return aiosmtplib.SMTP(
            hostname=settings.host, port=settings.port, username=settings.user, password=settings.password,
            use_tls=settings.tls, start_tls=False if settings.tls else start_tls, timeout=self._seconds)
