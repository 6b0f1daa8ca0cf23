"""Zendesk Support as the ticket desk: signatures, a late search, sign-in."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from bot.adapters.desks.zendesk_support.desk import ZendeskSupportDesk
from bot.adapters.desks.zendesk_support.settings import ZendeskSupportSettings
from bot.adapters.desks.zendesk_support.tests.driver import ZendeskSupportDriver
from bot.adapters.desks.zendesk_support.tests.stand_in import EMAIL, SECRET, TOKEN, ZendeskServer
from bot.core.errors import ConfigurationError, DeskUnavailable, WebhookRefused
from bot.ports import Receipt, Ticket, TicketDraft, TicketExport

PAPERS = TicketExport("Tiket: KLT-000001", "Anda: Halo", None, True, Receipt("Sudah kami terima", "Halo,\n\nP2. 😀"))
NOW = datetime(2026, 11, 22, 20, 31, 5, tzinfo=timezone.utc)


@pytest.fixture
def ticket(draft: Callable[..., TicketDraft]) -> Callable[..., Ticket]:
    """Makes a ticket."""

    def make(**changes: Any) -> Ticket:
        return Ticket("KLT-000001", draft("k", **changes), NOW)

    return make


@pytest.mark.parametrize(("stamp", "secret", "body", "is_theirs"), [
    ("2026-11-22T20:31:05Z", SECRET, b"{}", True), ("2026-11-22T20:27:05Z", SECRET, b"{}", True),
    ("2026-11-22T20:20:05Z", SECRET, b"{}", False), ("2026-11-22T20:41:05Z", SECRET, b"{}", False),
    ("2026-11-22T20:31:05Z", "other", b"{}", False), ("2026-11-22T20:31:05Z", SECRET, b"{ }", False),
    ("soon", SECRET, b"{}", False)])
def test_calls_of_zendesk(stamp: str, secret: str, body: bytes, is_theirs: bool) -> None:
    """Webhooks must be signed with the secret, for this body, and recent."""
    desk = ZendeskSupportDesk(ZendeskSupportSettings("http://z.invalid", EMAIL, TOKEN, SECRET), clock=NOW.timestamp)
    signed = base64.b64encode(hmac.new(secret.encode(), stamp.encode() + b"{}", hashlib.sha256).digest()).decode()
    headers = {"x-zendesk-webhook-signature": signed, "x-zendesk-webhook-signature-timestamp": stamp}
    if is_theirs:
        desk.receive_webhook(headers, body)
    else:
        with pytest.raises(WebhookRefused):
            desk.receive_webhook(headers, body)


def test_zendesk_finds_a_new_ticket_late(server: ZendeskServer, ticket: Callable[..., Ticket]) -> None:
    """The search finds a new ticket late; the idempotency key prevents a second one."""
    at = ZendeskSupportDriver(server)
    server.forgets = 2
    server.faults.append("lost")
    with pytest.raises(DeskUnavailable):
        asyncio.run(_once(at, ticket()))
    asyncio.run(_once(at, ticket()))
    assert len(server.tickets) == 1


@pytest.mark.parametrize("token", [TOKEN, "wrong"])
def test_zendesk_knows_its_users(server: ZendeskServer, token: str) -> None:
    """A wrong token stops the start, even if Zendesk answers as to an anonymous user."""
    desk = ZendeskSupportDesk(ZendeskSupportSettings(server.url, EMAIL, token, None))

    async def check() -> None:
        try:
            await desk.check()
        finally:
            await desk.aclose()

    if token == TOKEN:
        asyncio.run(check())
    else:
        with pytest.raises(ConfigurationError, match="KILAT_ZENDESK_SUPPORT_TOKEN"):
            asyncio.run(check())


async def _once(at: ZendeskSupportDriver, ticket: Ticket) -> str:
    try:
        return await at.desk.open_ticket(ticket, PAPERS)
    finally:
        await at.desk.aclose()
