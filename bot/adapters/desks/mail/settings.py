"""The mailbox's settings, read when `KILAT_TICKETS` is sql."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from urllib.parse import unquote, urlsplit

from bot.adapters.required_settings import required
from bot.core.email_address import is_address
from bot.core.errors import ConfigurationError

_PORTS = {"smtp": 587, "smtps": 465}
HOW = "Set KILAT_SMTP_URL to smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465."


@dataclass(frozen=True)
class MailSettings:
    """The SMTP server and the addresses. Mail leaves this machine encrypted only."""

    host: str
    port: int
    tls: bool  # True: TLS from the start; False: STARTTLS
    user: str | None
    password: str | None = field(repr=False)
    support: str  # the address that gets the tickets
    sender: str  # in `From`

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> MailSettings | None:
        """Read the settings; `None` without `KILAT_SMTP_URL`. Raises `ConfigurationError`."""
        if not environ.get("KILAT_SMTP_URL"):
            return None
        try:
            url = urlsplit(environ["KILAT_SMTP_URL"])
            port = url.port or _PORTS.get(url.scheme, 0)
        except ValueError:
            raise ConfigurationError(f"KILAT_SMTP_URL is no address of a mail server. {HOW}") from None
        if url.scheme not in _PORTS or not url.hostname:
            raise ConfigurationError(f"KILAT_SMTP_URL is no address of a mail server. {HOW}")
        support = required(environ, "KILAT_SUPPORT_EMAIL", "It is where tickets go, for KILAT_SMTP_URL is set.")
        sender = environ.get("KILAT_MAIL_FROM") or support
        for name, address in (("KILAT_SUPPORT_EMAIL", support), ("KILAT_MAIL_FROM", sender)):
            if address_of(address) is None:
                raise ConfigurationError(f"{name}: {address!r} is no e-mail address")
        user, password = (unquote(part) if part else None for part in (url.username, url.password))
        return cls(url.hostname, port, url.scheme == "smtps", user, password, support, sender)


def address_of(raw: str) -> Address | None:
    """The address in `raw`; `None` when it is no e-mail address."""
    return Address(addr_spec=raw) if is_address(raw) else None
