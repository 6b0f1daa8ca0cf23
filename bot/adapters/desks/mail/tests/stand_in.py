"""A real mail server for tests. It stores mails, and can refuse, not answer, or stop."""

from __future__ import annotations

import asyncio
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from desks.fake_http import SLOW_SECONDS

from bot.adapters.port_check import free_port

USER, PASSWORD = "kilat", "only for tests/@:"


class Mailbox:
    """Stores `mails` with their recipients. `faults` are the results of the next mails: `error` (451), `busy` (421),
    `lost` (stored, without an answer), `never` (550), `""` (stored)."""

    def __init__(self, *, asks: bool = False) -> None:
        self.mails: list[tuple[list[str], EmailMessage]] = []
        self.raw: list[bytes] = []
        self.faults: list[str] = []
        self.refuses: set[str] = set()
        self._asks = asks
        self.port = free_port()
        self._controller: Controller | None = None

    def start(self) -> None:
        """Start the server."""
        asking = {"auth_required": True, "auth_require_tls": False, "authenticator": _knows} if self._asks else {}
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **asking)
        self._controller.start()

    def stop(self) -> None:
        """Stop the server; it keeps its mails."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:
        """Refuse some addresses."""
        if address in self.refuses:
            return "550 nobody here of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        """Store a mail, or fail by `faults`."""
        fault = self.faults.pop(0) if self.faults else ""
        if fault in ("error", "busy", "never"):
            return {"error": "451 later", "busy": "421 too busy", "never": "554 never"}[fault]
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append((list(envelope.rcpt_tos), mail))
        if fault == "lost":
            await asyncio.sleep(SLOW_SECONDS)
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """The mails for an address, without repeats (same Message-ID)."""
        mails = [mail for addresses, mail in self.mails if addresses == [address]]
        return list({str(mail["Message-ID"]): mail for mail in mails}.values())


def _knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=False)
