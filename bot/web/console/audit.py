"""`/agent/audit`: the audit log for admins, by person, action and day, as a page and as CSV."""

from __future__ import annotations

import asyncio
import logging
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.adapters.sql.agent_sessions import AgentSession
from bot.core.logins import as_login
from bot.ports import Action, Audit, AuditEvent, AuditQuery
from bot.ports.audit import SHELL, SYSTEM, UNKNOWN
from bot.web.console.csv_export import sheet
from bot.web.console.page_templates import Pages, language_of
from bot.web.console.sessions import Page, has_role, require
from bot.web.headers import address_of

logger = logging.getLogger(__name__)

PAGE, SHEET = "/agent/audit", "/agent/audit.csv"
ROWS, MOST_ROWS = 50, 10_000
# Actors without a login.
NOBODIES = (SHELL, SYSTEM, UNKNOWN)
_COLUMNS = ("id", "at", "action", "actor", "subject", "address", "details")
# Ids of entries are stored in four bytes.
_MOST_ID = 2**31 - 1


class AuditLog:
    """Reads the log at each request; days are those of the time zone `zone`."""

    def __init__(self, pages: Pages, audit: Audit, zone: str) -> None:
        self._pages = pages
        self._audit = audit
        self._zone = ZoneInfo(zone)

    def routes(self) -> list[BaseRoute]:
        """The page and the CSV file."""
        return [Route(path, self._pages.guarded(require(self._for_admins(page))), methods=["GET"])
                for path, page in ((PAGE, self._page), (SHEET, self._sheet))]

    def _for_admins(self, page: Page) -> Page:
        async def handler(request: Request, session: AgentSession) -> Response:
            if not has_role(session, "admin"):
                logger.warning("Agent %s was refused: the audit log is for admins alone.", session.account.id)
                return self._pages.page(request, "message.html", 403, key="forbidden")
            return await page(request, session)

        return handler

    async def _page(self, request: Request, _session: AgentSession) -> Response:
        query, asked, lang = self._query(request), request.query_params, language_of(request)
        entries = await asyncio.to_thread(self._audit.read, query, before=_before(request), limit=ROWS + 1)
        kept = {name: asked[name] for name in ("person", "action", "from", "to") if asked.get(name)}
        older = urlencode({**kept, "lang": lang, "before": entries[ROWS - 1].id}) if len(entries) > ROWS else ""
        return self._pages.page(
            request, "audit.html", entries=entries[:ROWS], kept=kept, query=urlencode(kept), older=older,
            is_first="before" not in asked, actions=list(Action), nobodies=NOBODIES, zone=self._zone.key,
            at=lambda at: format_datetime(at.astimezone(self._zone), "d MMM y HH:mm:ss", locale=lang))

    async def _sheet(self, request: Request, session: AgentSession) -> Response:
        """The newest rows of the page's selection, times in UTC. The export itself is recorded."""
        entries = await asyncio.to_thread(self._audit.read, self._query(request), limit=MOST_ROWS)
        details = {"rows": len(entries)}
        event = AuditEvent(Action.EXPORTED, session.account.login, "audit", address_of(request), details)
        await asyncio.to_thread(self._audit.record, event)
        return sheet("kilat-audit.csv", _COLUMNS, (
            (entry.id, entry.at.isoformat(), entry.event.action.value, entry.event.actor, entry.event.subject,
             entry.event.address, "; ".join(f"{name}: {value}" for name, value in entry.event.details.items()))
            for entry in entries))

    def _query(self, request: Request) -> AuditQuery:
        """The query of the request; invalid days and actions are ignored."""
        asked = request.query_params
        typed = asked.get("person", "").strip()[:320]
        action = next((each for each in Action if each.value == asked.get("action")), None)
        first, last = (_day(asked.get(name)) for name in ("from", "to"))
        return AuditQuery(
            as_login(typed) or typed, action, self._midnight(first),
            self._midnight(last + timedelta(days=1)) if last else None)

    def _midnight(self, day: date | None) -> datetime | None:
        return datetime.combine(day, time(), self._zone) if day else None


def _day(text: str | None) -> date | None:
    """The day, `None` for invalid text and for years that no calculation needs."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 2000 <= day.year < 3000 else None


def _before(request: Request) -> int | None:
    text = request.query_params.get("before", "")
    return min(int(text), _MOST_ID) if text.isascii() and text.isdecimal() and len(text) < 20 else None
