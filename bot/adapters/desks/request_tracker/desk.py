"""Request Tracker 5 as the ticket desk.

The subject begins with the ticket's mark, by which Kilat finds a ticket whose acknowledgement was lost. The visitor's
description is the ticket's text; facts and transcript are a comment, which requestors can't see.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping, Sequence

from bot.adapters.desks.html_text import without_markup
from bot.adapters.desks.http_calls import CallRefused
from bot.adapters.desks.request_tracker.client import RequestTrackerClient
from bot.adapters.desks.request_tracker.reader import Part, Person
from bot.adapters.desks.request_tracker.settings import WHO, RequestTrackerSettings
from bot.adapters.desks.ticket_text import all_papers, one_line
from bot.core.errors import ConfigurationError, DeskUnavailable, WebhookRefused
from bot.ports import ReplyFile, Ticket, TicketDesk, TicketExport, TicketReply

logger = logging.getLogger(__name__)

# RT's own scale has Low at 0, Medium at 50 and High at 100.
PRIORITIES: Mapping[str, int] = {"p1": 100, "p2": 75, "p3": 50, "p4": 0}
# Long, as RT has no idempotency key: Kilat can't find a ticket that RT is still creating.
ANSWER_SECONDS = 60.0
OVER = ("resolved", "rejected", "deleted")
_NOT_IN = (401, 403)


class RequestTrackerDesk(TicketDesk):
    """`TicketDesk` in Request Tracker. An answer may take `seconds`."""

    name = "rt"

    def __init__(self, settings: RequestTrackerSettings, seconds: float = ANSWER_SECONDS) -> None:
        self._settings = settings
        self._client = RequestTrackerClient(settings, seconds)
        self._people: dict[str, Person] = {}

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> RequestTrackerDesk:
        """Read the settings. Raises `ConfigurationError`."""
        return cls(RequestTrackerSettings.from_environment(environ))

    async def check(self) -> None:
        try:
            await self._client.queue(self._settings.queue)
        except CallRefused as error:
            if error.status in _NOT_IN:
                raise ConfigurationError(f"Request Tracker does not let Kilat in ({error.status}). {WHO}") from error
            raise ConfigurationError(
                f"KILAT_RT_URL, KILAT_RT_QUEUE: {self._settings.url} shows Kilat no queue {self._settings.queue!r} "
                f"({error.status}). Mend them, or give Kilat's user the rights of docs/desks.md") from error
        except DeskUnavailable as error:
            logger.warning("%s", error)

    async def open_ticket(self, ticket: Ticket, ticket_export: TicketExport) -> str:
        """See `TicketDesk`. `ref` is RT's number."""
        ref = await self._client.find(f"[{ticket.mark}]") or await self._create(ticket, ticket_export)
        if not await self._client.transactions(ref, "Type = 'Comment' AND Creator = '__CurrentUser__'"):
            await self._client.comment(ref, all_papers(ticket_export))
        return ref

    async def replies(self, ref: str, cursor: str | None) -> tuple[list[TicketReply], str | None, bool]:
        """See `TicketDesk`. Replies are correspondence of privileged users; the cursor is a transaction's id."""
        ticket = await self._client.ticket(ref)
        if ticket is None:
            return [], cursor, True
        requestors = {str(person["id"]) for person in ticket.get("Requestor") or ()}
        found = []
        query = f"Type = 'Correspond' AND Creator != '__CurrentUser__' AND id > {int(cursor or 0)}"
        for transaction in await self._client.transactions(ref, query):
            cursor = str(transaction["id"])
            person = await self._person(str(transaction["Creator"]["id"]))
            if person.is_staff and person.login not in requestors:
                text, files = await self._said(cursor)
                if text or files:
                    found.append(TicketReply(cursor, person.name, text, files))
        # A ticket that was merged into another is over: replies there may be for another visitor.
        is_merged = str(ticket["id"]) != ref
        return found, cursor, is_merged or ticket.get("Status") in OVER

    async def fetch(self, file: ReplyFile, limit: int) -> bytes | None:
        return await self._client.download(file.address, limit)

    def receive_webhook(self, headers: Mapping[str, str], body: bytes) -> None:
        """See `TicketDesk`. A scrip sends the secret in `Authorization: Bearer …`."""
        given = headers.get("authorization", "").removeprefix("Bearer ").encode()
        if not self._settings.secret or not hmac.compare_digest(given, self._settings.secret.encode()):
            raise WebhookRefused("the secret is not KILAT_RT_WEBHOOK_SECRET")

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _create(self, ticket: Ticket, ticket_export: TicketExport) -> str:
        draft = ticket.draft
        due_at = ticket_export.first_response_due_at
        due = {"Due": f"{due_at:%Y-%m-%d %H:%M:%S}"} if due_at else {}
        # RT writes to requestors, so an address without permission stands in the comment only.
        requestor = {"Requestor": draft.email} if ticket_export.may_write else {}
        return await self._client.create({
            "Queue": self._settings.queue, "Subject": f"[{ticket.mark}] {one_line(draft.subject)}",
            "Content": draft.description, "ContentType": "text/plain",
            "Priority": PRIORITIES[draft.priority], **due, **requestor})

    async def _person(self, login: str) -> Person:
        if login not in self._people:
            self._people[login] = Person.of(login, await self._client.user(login))
        return self._people[login]

    async def _said(self, transaction: str) -> tuple[str, tuple[ReplyFile, ...]]:
        """(text, files) of a transaction's message. The text is the first plain part, else the first HTML part."""
        parts = [Part.of(told) for told in await self._client.parts(transaction)]
        texts = [part for part in parts if not part.name and part.size]
        files = [part for part in parts if part.is_file]
        said = await self._first(texts, "text/plain")
        is_enough = said and not any(part.content_id for part in files)
        html = "" if is_enough else await self._first(texts, "text/html")
        shown = tuple(ReplyFile(part.id, part.name, part.id, part.size) for part in files if not part.is_within(html))
        return said or without_markup(html), shown

    async def _first(self, texts: Sequence[Part], media_type: str) -> str:
        """The content of the first text of this type; "": there is none."""
        part = next((text for text in texts if text.media_type == media_type), None)
        return await self._client.text(part.id) if part else ""
