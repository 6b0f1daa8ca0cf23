"""Zendesk Support as the ticket desk, by its ticketing interface.

Tested against a fake that keeps to Zendesk's documents, for a Zendesk can't be installed. `external_id` is the
ticket's mark, by which it is found again when an answer got lost; Zendesk's own `Idempotency-Key` guards the moments
until it can be found. What was typed is the first comment; the papers are internal notes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote

import aiohttp

from bot.adapters.desks.calls import ANSWER_SECONDS, CallRefused, Calls
from bot.adapters.desks.texts import parts
from bot.adapters.environment import required, web_address
from bot.adapters.tickets.texts import all_papers, one_line, shown
from bot.core.errors import ConfigurationError, DeskUnavailable, WebhookRefused
from bot.ports import ReplyFile, Ticket, TicketExport, TicketReply

logger = logging.getLogger(__name__)

PRIORITIES: Mapping[str, str] = {"p1": "urgent", "p2": "high", "p3": "normal", "p4": "low"}
# A solved ticket may open again; a closed one never does.
OVER = ("closed", "deleted")
OLDEST_WEBHOOK_SECONDS = 300.0
# Zendesk takes 64 kB, and a character may become six bytes of HTML.
LONGEST_NOTE = 10_000
_PAGE = 100
_NOTHING = (404, 410)
_UNPROCESSABLE = 422
_HARMFUL = "malware_found"
# On a ticket whose requester Zendesk refused (suspended, most often): the address stands in the note alone.
_NO_REQUESTER = "kilat_requester_refused"
_WHERE = "KILAT_TICKETS is zendesk: say where it is, such as https://example.zendesk.com."
_WHO = "Set KILAT_ZENDESK_SUPPORT_EMAIL and KILAT_ZENDESK_SUPPORT_TOKEN of an agent that Kilat has for itself."


@dataclass(frozen=True)
class ZendeskSettings:
    """Where the account is, and who Kilat is there; `secret` signs its webhooks."""

    url: str
    email: str
    token: str = field(repr=False)
    secret: str | None = field(repr=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> ZendeskSettings:
        """`ConfigurationError` says what is missing."""
        url = web_address(environ, "KILAT_ZENDESK_SUPPORT_URL", _WHERE)
        email = required(environ, "KILAT_ZENDESK_SUPPORT_EMAIL", _WHO)
        token = required(environ, "KILAT_ZENDESK_SUPPORT_TOKEN", _WHO)
        return cls(url, email, token, environ.get("KILAT_ZENDESK_SUPPORT_SECRET") or None)


class ZendeskTickets:
    """`TicketDesk` in Zendesk. `clock` gives seconds since 1970."""

    name = "zendesk"

    def __init__(
        self, settings: ZendeskSettings, seconds: float = ANSWER_SECONDS, clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._url = f"{settings.url}/api/v2"
        auth = aiohttp.BasicAuth(f"{settings.email}/token", settings.token)
        self._calls = Calls("Zendesk", settings.url, {}, auth, seconds)
        self._me = ""

    async def check(self) -> None:
        """See `TicketDesk`."""
        try:
            await self._myself()
        except CallRefused as error:
            where = f"KILAT_ZENDESK_SUPPORT_URL: {self._settings.url} does not let Kilat in ({error.status})"
            raise ConfigurationError(f"{where}. {_WHO}") from error
        except DeskUnavailable as error:
            logger.warning("%s", error)

    async def open_ticket(self, ticket: Ticket, ticket_export: TicketExport) -> str:
        """See `TicketDesk`. The name there is Zendesk's number."""
        ref = await self._find(ticket.mark) or await self._create(ticket, ticket_export)
        notes = parts(all_papers(ticket_export), LONGEST_NOTE)
        for note in notes[await self._count_notes(ref):]:
            comment = {"html_body": shown(note), "public": False}
            await self._calls.put(f"{self._url}/tickets/{ref}.json", {"ticket": {"comment": comment}})
        return ref

    async def replies(self, ref: str, cursor: str | None) -> tuple[list[TicketReply], str | None, bool]:
        """See `TicketDesk`: public comments of agents; the cursor is the last comment read."""
        try:
            ticket = (await self._calls.get(f"{self._url}/tickets/{ref}.json"))["ticket"]
        except CallRefused as error:
            if error.status in _NOTHING:
                return [], cursor, True
            raise
        strangers = {str(ticket["requester_id"]), await self._myself()}
        comments = await self._comments(ref)
        numbers = [str(comment["id"]) for comment, _ in comments]
        found = []
        for comment, author in comments[numbers.index(cursor) + 1 if cursor in numbers else 0:]:
            cursor, who = str(comment["id"]), str(comment["author_id"])
            is_staff = author.get("role") in ("agent", "admin") and who not in strangers
            text = str(comment.get("plain_body") or "").strip()
            files = tuple(_file(one) for one in comment.get("attachments") or () if not one.get("inline"))
            if comment["public"] and is_staff and (text or files):
                found.append(TicketReply(cursor, author.get("alias") or author.get("name") or "", text, files))
        return found, cursor, ticket["status"] in OVER

    async def fetch(self, file: ReplyFile, limit: int) -> bytes | None:
        """See `TicketDesk`. Where attachments are private, Zendesk wants Kilat's key; its own address alone gets it,
        and never as a call of the interface."""
        is_call = "/api/" in unquote(file.address.partition("?")[0])
        return await self._calls.download(file.address, limit, signed=not is_call) or None

    def heard(self, headers: Mapping[str, str], body: bytes) -> None:
        """See `TicketDesk`: signed with the webhook's secret, and young."""
        secret = (self._settings.secret or "").encode()
        stamp = headers.get("x-zendesk-webhook-signature-timestamp", "")
        signed = base64.b64encode(hmac.new(secret, stamp.encode() + body, hashlib.sha256).digest())
        given = headers.get("x-zendesk-webhook-signature", "").encode()
        if not secret or not hmac.compare_digest(signed, given):
            raise WebhookRefused("the signature is not that of KILAT_ZENDESK_SUPPORT_SECRET")
        try:
            age = self._clock() - datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()
        except ValueError:
            raise WebhookRefused("the time of the signature is none") from None
        if abs(age) > OLDEST_WEBHOOK_SECONDS:
            raise WebhookRefused("the signature is old")

    async def aclose(self) -> None:
        """See `TicketDesk`."""
        await self._calls.aclose()

    async def _myself(self) -> str:
        if not self._me:
            me = (await self._calls.get(f"{self._url}/users/me.json"))["user"]
            # Whom Zendesk does not know it calls anonymous, without an id.
            if not me.get("id"):
                raise CallRefused("Zendesk does not know this user and token", 401)
            self._me = str(me["id"])
        return self._me

    async def _find(self, mark: str) -> str | None:
        found = (await self._calls.get(f"{self._url}/tickets.json", {"external_id": mark}))["tickets"]
        return str(found[0]["id"]) if found else None

    async def _create(self, ticket: Ticket, ticket_export: TicketExport) -> str:
        draft = ticket.draft
        name = draft.identity.name if draft.identity else None
        # Zendesk writes to requesters: an address that must not be written to stands in the note alone.
        requester = {"name": name or draft.email, "email": draft.email}
        asked: dict[str, Any] = {
            "subject": f"[{ticket.number}] {one_line(draft.subject)}",
            "comment": {"html_body": shown(draft.description), "public": True},
            "priority": PRIORITIES[draft.priority], "external_id": ticket.mark, "tags": ["kilat"],
        }
        if not ticket_export.may_write:
            return await self._post(asked, ticket.mark)
        try:
            return await self._post({**asked, "requester": requester}, ticket.mark)
        except CallRefused as error:
            if error.status != _UNPROCESSABLE:
                raise
            logger.warning("Zendesk refuses the requester of %s: it goes without, with the tag %s.",
                           ticket.number, _NO_REQUESTER)
            return await self._post({**asked, "tags": ["kilat", _NO_REQUESTER]}, f"{ticket.mark} {_NO_REQUESTER}")

    async def _post(self, asked: Mapping[str, Any], key: str) -> str:
        url, headers = f"{self._url}/tickets.json", {"Idempotency-Key": key}
        return str((await self._calls.post(url, {"ticket": asked}, headers=headers))["ticket"]["id"])

    async def _count_notes(self, ref: str) -> int:
        me = await self._myself()
        return sum(not one["public"] and str(one["author_id"]) == me for one, _ in await self._comments(ref))

    async def _comments(self, ref: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """All comments of a ticket with their authors, the oldest first."""
        url = f"{self._url}/tickets/{ref}/comments.json"
        params = {"page[size]": str(_PAGE), "sort": "created_at", "include": "users"}
        found: list[tuple[dict[str, Any], dict[str, Any]]] = []
        while True:
            page = await self._calls.get(url, params)
            people = {person["id"]: person for person in page.get("users") or ()}
            found.extend((comment, people.get(comment["author_id"], {})) for comment in page["comments"])
            if not page.get("meta", {}).get("has_more"):
                return found
            params = {**params, "page[after]": str(page["meta"]["after_cursor"])}


def _file(attachment: Mapping[str, Any]) -> ReplyFile:
    is_harmful = attachment.get("malware_scan_result") == _HARMFUL and not attachment.get("malware_access_override")
    address = "" if is_harmful or attachment.get("deleted") else str(attachment.get("content_url") or "")
    return ReplyFile(str(attachment["id"]), str(attachment.get("file_name") or ""), address,
                     int(attachment.get("size") or 0))
