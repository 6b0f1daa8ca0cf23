"""Zendesk Support as the ticket desk.

`external_id` is the ticket's mark, by which Kilat finds a ticket whose acknowledgement was lost. `Idempotency-Key`
prevents a second ticket until the first can be found. The visitor's description is the first comment; facts and
transcript are internal notes. Webhooks: https://developer.zendesk.com/documentation/webhooks/verifying/
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.adapters.desks.html_text import as_html
from bot.adapters.desks.http_calls import ANSWER_SECONDS, CallRefused
from bot.adapters.desks.plain_text import split_text
from bot.adapters.desks.ticket_text import all_papers, one_line
from bot.adapters.desks.zendesk_support.client import ZendeskSupportClient
from bot.adapters.desks.zendesk_support.reader import reply_of
from bot.adapters.desks.zendesk_support.settings import WHO, ZendeskSupportSettings
from bot.core.errors import ConfigurationError, DeskUnavailable, WebhookRefused
from bot.ports import ReplyFile, Ticket, TicketDesk, TicketExport, TicketReply

logger = logging.getLogger(__name__)

PRIORITIES: Mapping[str, str] = {"p1": "urgent", "p2": "high", "p3": "normal", "p4": "low"}
# A solved ticket may be opened again; these are final.
OVER = ("closed", "deleted")
OLDEST_WEBHOOK_SECONDS = 300.0
# Characters. A note holds 64 kB, and a character may take six bytes of HTML.
LONGEST_NOTE = 10_000
_UNPROCESSABLE = 422
# The tag of a ticket whose requester Zendesk refused (mostly a suspended one): only a note holds the address.
_NO_REQUESTER = "kilat_requester_refused"


class ZendeskSupportDesk(TicketDesk):
    """`TicketDesk` in Zendesk Support. `clock` gives seconds since 1970."""

    name = "zendesk"

    def __init__(
        self, settings: ZendeskSupportSettings, seconds: float = ANSWER_SECONDS, clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._client = ZendeskSupportClient(settings, seconds)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> ZendeskSupportDesk:
        """Read the settings. Raises `ConfigurationError`."""
        return cls(ZendeskSupportSettings.from_environment(environ))

    async def check(self) -> None:
        try:
            await self._client.me()
        except CallRefused as error:
            where = f"KILAT_ZENDESK_SUPPORT_URL: {self._settings.url} does not let Kilat in ({error.status})"
            raise ConfigurationError(f"{where}. {WHO}") from error
        except DeskUnavailable as error:
            logger.warning("%s", error)

    async def open_ticket(self, ticket: Ticket, ticket_export: TicketExport) -> str:
        """See `TicketDesk`. `ref` is Zendesk's number."""
        ref = await self._client.find(ticket.mark) or await self._create(ticket, ticket_export)
        notes = split_text(all_papers(ticket_export), LONGEST_NOTE)
        for note in notes[await self._count_notes(ref):]:
            await self._client.add_note(ref, as_html(note))
        return ref

    async def replies(self, ref: str, cursor: str | None) -> tuple[list[TicketReply], str | None, bool]:
        """See `TicketDesk`. Replies are public comments of agents; the cursor is the id of the last comment."""
        ticket = await self._client.ticket(ref)
        if ticket is None:
            return [], cursor, True
        strangers = {str(ticket["requester_id"]), await self._client.me()}
        comments = await self._client.comments(ref)
        numbers = [str(comment["id"]) for comment, _ in comments]
        unread = comments[numbers.index(cursor) + 1 if cursor in numbers else 0:]
        found = [reply for comment, author in unread if (reply := reply_of(comment, author, strangers))]
        return found, str(unread[-1][0]["id"]) if unread else cursor, ticket["status"] in OVER

    async def fetch(self, file: ReplyFile, limit: int) -> bytes | None:
        return await self._client.download(file.address, limit)

    def receive_webhook(self, headers: Mapping[str, str], body: bytes) -> None:
        """See `TicketDesk`. The request must be signed with the webhook's secret, and recent."""
        secret = (self._settings.secret or "").encode()
        stamp = headers.get("x-zendesk-webhook-signature-timestamp", "")
        signed = base64.b64encode(hmac.new(secret, stamp.encode() + body, hashlib.sha256).digest())
        given = headers.get("x-zendesk-webhook-signature", "").encode()
        if not secret or not hmac.compare_digest(signed, given):
            raise WebhookRefused("the signature is not that of KILAT_ZENDESK_SUPPORT_SECRET")
        try:
            age = self._clock() - datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()
        except ValueError:
            raise WebhookRefused("the time of the signature is invalid") from None
        if abs(age) > OLDEST_WEBHOOK_SECONDS:
            raise WebhookRefused("the signature is old")

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _create(self, ticket: Ticket, ticket_export: TicketExport) -> str:
        draft = ticket.draft
        name = draft.identity.name if draft.identity else None
        # Zendesk writes to requesters, so an address without permission stands in a note only.
        requester = {"name": name or draft.email, "email": draft.email}
        fields: dict[str, Any] = {
            "subject": f"[{ticket.number}] {one_line(draft.subject)}",
            "comment": {"html_body": as_html(draft.description), "public": True},
            "priority": PRIORITIES[draft.priority], "external_id": ticket.mark, "tags": ["kilat"]}
        if not ticket_export.may_write:
            return await self._client.create(fields, ticket.mark)
        try:
            return await self._client.create({**fields, "requester": requester}, ticket.mark)
        except CallRefused as error:
            if error.status != _UNPROCESSABLE:
                raise
            logger.warning("Zendesk refuses the requester of %s. The ticket has no requester, and the tag %s.",
                           ticket.number, _NO_REQUESTER)
            marked = {**fields, "tags": ["kilat", _NO_REQUESTER]}
            return await self._client.create(marked, f"{ticket.mark} {_NO_REQUESTER}")

    async def _count_notes(self, ref: str) -> int:
        me = await self._client.me()
        return sum(not one["public"] and str(one["author_id"]) == me for one, _ in await self._client.comments(ref))
