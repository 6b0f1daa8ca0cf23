"""What only one ticket desk has: settings, signatures, and the ways in which each may refuse."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from desks.ticket_desks import SUPPORT, AtZendesk
from desks.zendesk_tickets import EMAIL, SECRET, TOKEN, ZendeskServer
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.tickets import ticket_desk
from bot.adapters.tickets.mail import MailDesk, MailSettings
from bot.adapters.tickets.rt import RtDesk, RtSettings
from bot.adapters.tickets.texts import _pieces, plain
from bot.adapters.tickets.zendesk import ZendeskSettings, ZendeskTickets
from bot.core.errors import ConfigurationError, DeskUnavailable, WebhookRefused
from bot.ports import Receipt, Ticket, TicketDraft, TicketExport

MAIL = {"KILAT_SMTP_URL": "smtp://mail.example.com", "KILAT_SUPPORT_EMAIL": SUPPORT}
RT = {"KILAT_TICKETS": "rt", "KILAT_RT_URL": "https://rt.example.com/", "KILAT_RT_TOKEN": "1-14-secret"}
ZENDESK = {"KILAT_TICKETS": "zendesk", "KILAT_ZENDESK_SUPPORT_URL": "https://acme.zendesk.com",
           "KILAT_ZENDESK_SUPPORT_EMAIL": EMAIL, "KILAT_ZENDESK_SUPPORT_TOKEN": "zendesk-secret"}
PAPERS = TicketExport("Tiket: KLT-000001", "Anda: Halo", None, True, Receipt("Sudah kami terima", "Halo,\n\nP2. 😀"))
NOW = datetime(2026, 11, 22, 20, 31, 5, tzinfo=timezone.utc)


@pytest.fixture
def ticket(draft: Callable[..., TicketDraft]) -> Callable[..., Ticket]:
    """Makes a ticket."""

    def make(**changes: Any) -> Ticket:
        return Ticket("KLT-000001", draft("k", **changes), NOW)

    return make


@pytest.mark.parametrize(("environ", "kind"), [
    ({}, type(None)), ({"KILAT_TICKETS": "sql"}, type(None)), (MAIL, MailDesk), (RT, RtDesk), (ZENDESK, ZendeskTickets),
    ({**RT, "KILAT_RT_TOKEN": "", "KILAT_RT_USER": "kilat", "KILAT_RT_PASSWORD": "x"}, RtDesk),
    ({**MAIL, "KILAT_SMTP_URL": "smtps://u:p%40@mail.example.com:4465", "KILAT_MAIL_FROM": "k@example.com"}, MailDesk),
])
def test_the_desk_that_is_chosen(environ: dict[str, str], kind: type) -> None:
    """By `KILAT_TICKETS`, or by a mail server."""
    assert type(ticket_desk(environ)) is kind


@pytest.mark.parametrize(("environ", "named"), [
    ({"KILAT_TICKETS": "jira"}, "KILAT_TICKETS: 'jira' is none of sql, rt, zendesk"),
    ({**MAIL, "KILAT_SUPPORT_EMAIL": ""}, "KILAT_SUPPORT_EMAIL is missing"),
    ({**MAIL, "KILAT_SUPPORT_EMAIL": "support"}, "KILAT_SUPPORT_EMAIL: 'support'"),
    ({**MAIL, "KILAT_MAIL_FROM": "a@b.co\nBcc: x@y.zz"}, "KILAT_MAIL_FROM"),
    ({**MAIL, "KILAT_SMTP_URL": "mail.example.com"}, "KILAT_SMTP_URL.*STARTTLS"),
    ({**MAIL, "KILAT_SMTP_URL": "smtp://host:seven"}, "KILAT_SMTP_URL.*STARTTLS"),
    ({**RT, "KILAT_RT_URL": ""}, "KILAT_RT_URL is missing.*rt"),
    ({**RT, "KILAT_RT_URL": "rt.example.com"}, "KILAT_RT_URL must be .*https:"),
    ({**RT, "KILAT_RT_TOKEN": ""}, "KILAT_RT_USER is missing.*KILAT_RT_TOKEN"),
    ({**ZENDESK, "KILAT_ZENDESK_SUPPORT_URL": ""}, "KILAT_ZENDESK_SUPPORT_URL is missing"),
    ({**ZENDESK, "KILAT_ZENDESK_SUPPORT_TOKEN": ""}, "KILAT_ZENDESK_SUPPORT_TOKEN is missing"),
])
def test_a_wrong_setting(environ: dict[str, str], named: str) -> None:
    """It is named, with what to do."""
    with pytest.raises(ConfigurationError, match=named):
        ticket_desk(environ)


def test_secrets_are_not_shown() -> None:
    """Settings may land in a log."""
    mail = MailSettings.from_environment({**MAIL, "KILAT_SMTP_URL": "smtp://u:hidden@mail.example.com"})
    every = (mail, RtSettings.from_environment(RT), ZendeskSettings.from_environment(ZENDESK))
    assert not [word for word in ("hidden", "secret") if word in repr(every)]
    with pytest.raises(ConfigurationError) as refusal:
        ticket_desk({**MAIL, "KILAT_SMTP_URL": "smtp://u:hidden@:seven"})
    assert "hidden" not in str(refusal.value)


@pytest.mark.parametrize(("secret", "given", "is_theirs"), [
    ("s3cret", "Bearer s3cret", True), ("s3cret", "Bearer S3cret", False), ("s3cret", "", False),
    (None, "Bearer ", False), (None, "Bearer None", False), ("s3cret", "Bearer é", False),
])
def test_calls_of_request_tracker(secret: str | None, given: str, is_theirs: bool) -> None:
    """With the secret alone; without one, never."""
    desk = RtDesk(RtSettings("http://rt.invalid", "token x", "General", secret))
    if is_theirs:
        desk.heard({"authorization": given}, b"")
    else:
        with pytest.raises(WebhookRefused):
            desk.heard({"authorization": given}, b"")


@pytest.mark.parametrize(("stamp", "secret", "body", "is_theirs"), [
    ("2026-11-22T20:31:05Z", SECRET, b"{}", True),
    ("2026-11-22T20:27:05Z", SECRET, b"{}", True),
    ("2026-11-22T20:20:05Z", SECRET, b"{}", False),
    ("2026-11-22T20:41:05Z", SECRET, b"{}", False),
    ("2026-11-22T20:31:05Z", "other", b"{}", False),
    ("2026-11-22T20:31:05Z", SECRET, b"{ }", False),
    ("soon", SECRET, b"{}", False),
])
def test_calls_of_zendesk(stamp: str, secret: str, body: bytes, is_theirs: bool) -> None:
    """Signed with the secret, over this body, and young."""
    desk = ZendeskTickets(ZendeskSettings("http://z.invalid", EMAIL, TOKEN, SECRET), clock=NOW.timestamp)
    signed = base64.b64encode(hmac.new(secret.encode(), stamp.encode() + b"{}", hashlib.sha256).digest()).decode()
    headers = {"x-zendesk-webhook-signature": signed, "x-zendesk-webhook-signature-timestamp": stamp}
    if is_theirs:
        desk.heard(headers, body)
    else:
        with pytest.raises(WebhookRefused):
            desk.heard(headers, body)


def test_zendesk_finds_a_new_ticket_late(ticket: Callable[..., Ticket]) -> None:
    """Its search is behind: the idempotency key keeps a repeat from making a second ticket."""
    server = ZendeskServer()
    server.start()
    try:
        at = AtZendesk(server)
        server.forgets = 2
        server.faults.append("lost")
        with pytest.raises(DeskUnavailable):
            asyncio.run(_once(at, ticket()))
        asyncio.run(_once(at, ticket()))
        assert len(server.tickets) == 1
    finally:
        server.stop()


@pytest.mark.parametrize("token", [TOKEN, "wrong"])
def test_zendesk_knows_its_users(token: str) -> None:
    """A wrong token stops the start, even where Zendesk answers a stranger politely."""
    server = ZendeskServer()
    server.start()
    try:
        desk = ZendeskTickets(ZendeskSettings(server.url, EMAIL, token, None))

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
    finally:
        server.stop()


@pytest.mark.parametrize(("markup", "text"), [
    ("<p>Halo &lt;b&gt; <b>dunia</b></p><ul><li>a</li><li>b</li></ul>", "Halo <b> dunia\n\na\nb"),
    ("<div>satu</div><div>dua<br>tiga</div>", "satu\ndua\ntiga"),
    ("<script>alert(1)</script><style>p{}</style>x &amp; y&nbsp;z", "x & y z"),
    ("kosong", "kosong"), ("", ""), ("<p>a</p>\n\n\n<p>b</p>", "a\n\nb"),
    ("<!doctype html><p>a</p><![endif]>b<!-- no -->c<?php x ?>d", "a\nbcd"), ("1 < 2", "1 < 2"), ("a <![> b", "a b"),
    ("akhir <a href='x", "akhir <a href='x"),
])
def test_html_as_text(markup: str, text: str) -> None:
    """No markup reaches a visitor."""
    assert plain(markup) == text


async def _once(at: AtZendesk, ticket: Ticket) -> str:
    try:
        return await at.desk.open_ticket(ticket, PAPERS)
    finally:
        await at.desk.aclose()


@pytest.mark.parametrize("pump", ["<", "<a ", "</a ", "<!--", "<![", "<?", "<!x", "<script ", "&#", "<a x='"])
def test_the_parser_of_html_sees_no_open_tag(pump: str) -> None:
    """It looks through the rest of the text for each, which takes minutes for a mail of some kilobytes."""
    fed = "<".join(_pieces(f"Halo {pump * 2000} <b>x</b>"))
    assert fed.count("<") <= fed.count(">") and fed.endswith("<b>x</b>")


@given(st.text(st.sampled_from("<>!?-[]/&#;= 'a\"x\n"), max_size=80))
def test_any_html_is_read(markup: str) -> None:
    """Whatever a mail client makes: no answer of staff is lost by it."""
    plain(markup)
