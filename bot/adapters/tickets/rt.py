"""Request Tracker 5 as the ticket desk, by its REST 2 interface.

The subject begins with the ticket's mark, by which it is found again when an answer got lost. What was typed is the
ticket's text; the papers are a comment, which requestors never see.
"""

from __future__ import annotations

import base64
import hmac
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.parser import HeaderParser
from html import unescape
from typing import Any
from urllib.parse import quote

from bot.adapters.desks.calls import CallRefused, Calls
from bot.adapters.environment import required, web_address
from bot.adapters.tickets.texts import all_papers, one_line, plain
from bot.core.errors import ConfigurationError, DeskUnavailable, WebhookRefused
from bot.ports import ReplyFile, Ticket, TicketExport, TicketReply

logger = logging.getLogger(__name__)

# RT's own scale has Low at 0, Medium at 50 and High at 100.
PRIORITIES: Mapping[str, int] = {"p1": 100, "p2": 75, "p3": 50, "p4": 0}
# Long, for RT knows no idempotency key: what it still works on can't be found yet.
ANSWER_SECONDS = 60.0
OVER = ("resolved", "rejected", "deleted")
_PAGE = 100
_PARTS = {"fields": "Filename,ContentType,ContentLength,Headers", "per_page": str(_PAGE)}
# All that RT tells of a part beside its content.
_PART_BYTES = 100_000
# Programs of mail read these, nobody else does.
_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
_NOT_IN, _NOTHING = (401, 403), 404
_WHERE = "KILAT_TICKETS is rt: say where it is, such as https://rt.example.com."
_WHO = "Set KILAT_RT_TOKEN, or KILAT_RT_USER and KILAT_RT_PASSWORD, of a user that Kilat has for itself."


@dataclass(frozen=True)
class RtSettings:
    """Where RT is (its address without `/REST/2.0`), who Kilat is there, and the queue for its tickets."""

    url: str
    authorization: str = field(repr=False)
    queue: str
    secret: str | None = field(repr=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> RtSettings:
        """`ConfigurationError` says what is missing."""
        url = web_address(environ, "KILAT_RT_URL", _WHERE)
        if token := environ.get("KILAT_RT_TOKEN"):
            authorization = f"token {token}"
        else:
            user, password = (required(environ, name, _WHO) for name in ("KILAT_RT_USER", "KILAT_RT_PASSWORD"))
            authorization = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        secret = environ.get("KILAT_RT_WEBHOOK_SECRET") or None
        return cls(url, authorization, environ.get("KILAT_RT_QUEUE") or "General", secret)


class RtDesk:
    """`TicketDesk` in Request Tracker."""

    name = "rt"

    def __init__(self, settings: RtSettings, seconds: float = ANSWER_SECONDS) -> None:
        self._settings = settings
        self._url = f"{settings.url}/REST/2.0"
        self._calls = Calls("Request Tracker", settings.url, {"Authorization": settings.authorization},
                            answer_seconds=seconds)
        self._people: dict[str, _Person] = {}

    async def check(self) -> None:
        """See `TicketDesk`."""
        queue = quote(self._settings.queue, safe="")
        try:
            await self._calls.get(f"{self._url}/queue/{queue}")
        except CallRefused as error:
            if error.status in _NOT_IN:
                raise ConfigurationError(f"Request Tracker does not let Kilat in ({error.status}). {_WHO}") from error
            raise ConfigurationError(
                f"KILAT_RT_URL, KILAT_RT_QUEUE: {self._settings.url} shows Kilat no queue {self._settings.queue!r} "
                f"({error.status}). Mend them, or give Kilat's user the rights of docs/desks.md") from error
        except DeskUnavailable as error:
            logger.warning("%s", error)

    async def open_ticket(self, ticket: Ticket, ticket_export: TicketExport) -> str:
        """See `TicketDesk`. The name there is RT's number."""
        ref = await self._find(ticket.mark) or await self._create(ticket, ticket_export)
        if not await self._mine(ref, "Comment"):
            comment = {"Content": all_papers(ticket_export), "ContentType": "text/plain"}
            await self._calls.post(f"{self._url}/ticket/{ref}/comment", comment)
        return ref

    async def replies(self, ref: str, cursor: str | None) -> tuple[list[TicketReply], str | None, bool]:
        """See `TicketDesk`: what privileged users correspond; the cursor is the last transaction read."""
        ticket = await self._get(f"/ticket/{ref}")
        if ticket is None:
            return [], cursor, True
        requestors = {str(person["id"]) for person in ticket.get("Requestor") or ()}
        found = []
        query = f"Type = 'Correspond' AND Creator != '__CurrentUser__' AND id > {int(cursor or 0)}"
        for transaction in await self._history(ref, query):
            cursor = str(transaction["id"])
            person = await self._person(str(transaction["Creator"]["id"]))
            if person.is_staff and person.login not in requestors:
                text, files = await self._said(cursor)
                if text or files:
                    found.append(TicketReply(cursor, person.name, text, files))
        # Merged into another: what is said there may be meant for somebody else.
        is_merged = str(ticket["id"]) != ref
        return found, cursor, is_merged or ticket.get("Status") in OVER

    async def fetch(self, file: ReplyFile, limit: int) -> bytes | None:
        """See `TicketDesk`. RT gives contents as JSON, in base64, which is longer by a third and its line breaks."""
        most = 2 * limit + _PART_BYTES
        told = await self._calls.download(f"{self._url}/attachment/{int(file.address)}", most, signed=True)
        if not told or len(told) > most:
            return None
        try:
            return base64.b64decode(json.loads(told).get("Content") or "")[:limit + 1] or None
        except (ValueError, AttributeError):
            return None

    async def aclose(self) -> None:
        """See `TicketDesk`."""
        await self._calls.aclose()

    def heard(self, headers: Mapping[str, str], body: bytes) -> None:
        """See `TicketDesk`: a scrip calls with the secret in `Authorization: Bearer …`."""
        given = headers.get("authorization", "").removeprefix("Bearer ").encode()
        if not self._settings.secret or not hmac.compare_digest(given, self._settings.secret.encode()):
            raise WebhookRefused("the secret is not KILAT_RT_WEBHOOK_SECRET")

    async def _find(self, mark: str) -> str | None:
        query = f"Subject STARTSWITH '[{mark}]' AND Creator = '__CurrentUser__'"
        found = await self._get("/tickets", {"query": query, "orderby": "id"})
        return str(found["items"][0]["id"]) if found and found.get("items") else None

    async def _create(self, ticket: Ticket, ticket_export: TicketExport) -> str:
        draft = ticket.draft
        due = (
            {"Due": f"{ticket_export.first_response_due_at:%Y-%m-%d %H:%M:%S}"}
            if ticket_export.first_response_due_at
            else {}
        )
        # RT writes to requestors: an address that must not be written to stands in the papers alone.
        requestor = {"Requestor": draft.email} if ticket_export.may_write else {}
        made = await self._calls.post(f"{self._url}/ticket", {
            "Queue": self._settings.queue, "Subject": f"[{ticket.mark}] {one_line(draft.subject)}",
            "Content": draft.description, "ContentType": "text/plain",
            "Priority": PRIORITIES[draft.priority], **due, **requestor,
        })
        if not isinstance(made, dict) or "id" not in made:
            raise DeskUnavailable("Request Tracker did not say the number of the ticket")
        return str(made["id"])

    async def _get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """What is at `path`; `None` where there is nothing."""
        try:
            return await self._calls.get(self._url + path, params)
        except CallRefused as error:
            if error.status == _NOTHING:
                return None
            raise

    async def _mine(self, ref: str, kind: str) -> bool:
        return bool(await self._history(ref, f"Type = '{kind}' AND Creator = '__CurrentUser__'"))

    async def _history(self, ref: str, query: str) -> list[dict[str, Any]]:
        """Transactions of a ticket. Not by `/ticket/…/history`: with a query that finds those of all tickets."""
        fields = {"fields": "Creator", "per_page": str(_PAGE), "orderby": "id"}
        found = await self._get("/transactions", {"query": f"TicketId = {int(ref)} AND {query}", **fields})
        return list(found["items"]) if found else []

    async def _person(self, login: str) -> _Person:
        if login not in self._people:
            found = await self._get(f"/user/{quote(login, safe='@')}") or {}
            name = found.get("NickName") or found.get("RealName") or ""
            self._people[login] = _Person(login, str(name), bool(int(found.get("Privileged") or 0)))
        return self._people[login]

    async def _said(self, transaction: str) -> tuple[str, tuple[ReplyFile, ...]]:
        """What was written: the first part that is text, HTML without its markup; and the files that came along."""
        found = await self._get(f"/transaction/{transaction}/attachments", _PARTS) or {}
        parts = [_Part.read(item) for item in sorted(found.get("items") or (), key=lambda item: int(item["id"]))]
        texts = [part for part in parts if not part.name and part.size]
        files = [part for part in parts if part.name and part.media_type not in _SIGNATURES]
        said = await self._first(texts, "text/plain")
        is_enough = said and not any(part.content_id for part in files)
        html = "" if is_enough else await self._first(texts, "text/html")
        shown = tuple(ReplyFile(part.id, part.name, part.id, part.size) for part in files if not part.is_within(html))
        return said or plain(html), shown

    async def _first(self, texts: Sequence[_Part], media_type: str) -> str:
        part = next((text for text in texts if text.media_type == media_type), None)
        told = await self._get(f"/attachment/{part.id}") if part else None
        return base64.b64decode((told or {}).get("Content") or "").decode(errors="replace").strip()


@dataclass(frozen=True)
class _Part:
    """A part of what was written: a text, or a file when it has a name."""

    id: str
    name: str
    media_type: str
    size: int
    content_id: str
    is_inline: bool

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> _Part:
        """As RT tells it."""
        headers = HeaderParser().parsestr(str(told.get("Headers") or ""))
        return cls(str(told["id"]), str(told.get("Filename") or ""), str(told.get("ContentType") or ""),
                   int(told.get("ContentLength") or 0), str(headers.get("Content-ID") or "").strip("<> \t\r\n"),
                   str(headers.get("Content-Disposition") or "").partition(";")[0].strip().lower() == "inline")

    def is_within(self, html: str) -> bool:
        """True for a picture of the text itself, such as the logo below a mail."""
        return bool(self.content_id) and (self.is_inline or f"cid:{self.content_id}" in unescape(html))


@dataclass(frozen=True)
class _Person:
    """A user of RT: the login, the name that visitors may see, and whether they are staff (RT: privileged)."""

    login: str
    name: str
    is_staff: bool
