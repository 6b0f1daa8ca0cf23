"""Calls of Request Tracker's REST 2 interface.

- Reference: https://docs.bestpractical.com/rt/5.0.5/RT/REST2.html
- Queries: https://docs.bestpractical.com/rt/5.0.5/query_builder.html

No library: `rt` is GPL-3.0.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.adapters.desks.http_calls import CallRefused, HttpCalls
from bot.adapters.desks.request_tracker.settings import RequestTrackerSettings
from bot.core.errors import DeskUnavailable

_PAGE = 100
_PARTS = {"fields": "Filename,ContentType,ContentLength,Headers", "per_page": str(_PAGE)}
# Bytes of RT's answer beside the content of a part, at most.
_PART_BYTES = 100_000
_NOTHING = 404

Json = dict[str, Any]


class RequestTrackerClient:
    """One RT, as Kilat's user. An answer may take `seconds`."""

    def __init__(self, settings: RequestTrackerSettings, seconds: float) -> None:
        self._url = f"{settings.url}/REST/2.0"
        headers = {"Authorization": settings.authorization}
        self._calls = HttpCalls("Request Tracker", settings.url, headers, answer_seconds=seconds)

    async def queue(self, name: str) -> Json:
        """The queue of this name. Raises `CallRefused` when the user may not see it."""
        return dict(await self._calls.get(f"{self._url}/queue/{quote(name, safe='')}"))

    async def find(self, subject: str) -> str | None:
        """The number of Kilat's first ticket whose subject begins with `subject`; `None`: there is none yet."""
        query = f"Subject STARTSWITH '{subject}' AND Creator = '__CurrentUser__'"
        found = await self._get("/tickets", {"query": query, "orderby": "id"})
        return str(found["items"][0]["id"]) if found and found.get("items") else None

    async def create(self, fields: Mapping[str, Any]) -> str:
        """Create a ticket; returns its number."""
        made = await self._calls.post(f"{self._url}/ticket", fields)
        if not isinstance(made, dict) or "id" not in made:
            raise DeskUnavailable("Request Tracker did not give the ticket's number")
        return str(made["id"])

    async def comment(self, ticket: str, text: str) -> None:
        """Add a comment, which requestors can't see."""
        body = {"Content": text, "ContentType": "text/plain"}
        await self._calls.post(f"{self._url}/ticket/{ticket}/comment", body)

    async def ticket(self, number: str) -> Json | None:
        """The ticket; `None`: there is none."""
        found: Json | None = await self._get(f"/ticket/{number}")
        return found

    async def transactions(self, ticket: str, query: str) -> list[Json]:
        """The ticket's transactions that match `query`, in order. (`/ticket/…/history` gives those of all.)"""
        fields = {"fields": "Creator", "per_page": str(_PAGE), "orderby": "id"}
        found = await self._get("/transactions", {"query": f"TicketId = {int(ticket)} AND {query}", **fields})
        return list(found["items"]) if found else []

    async def user(self, login: str) -> Json:
        """The user with this login; empty: there is none."""
        return dict(await self._get(f"/user/{quote(login, safe='@')}") or {})

    async def parts(self, transaction: str) -> list[Json]:
        """The parts of a transaction's message in order, without their contents."""
        found = await self._get(f"/transaction/{transaction}/attachments", _PARTS) or {}
        return sorted(found.get("items") or (), key=lambda item: int(item["id"]))

    async def text(self, part: str) -> str:
        """The content of a text part."""
        told = await self._get(f"/attachment/{part}")
        return base64.b64decode((told or {}).get("Content") or "").decode(errors="replace").strip()

    async def download(self, part: str, limit: int) -> bytes | None:
        """The first `limit` + 1 bytes of a part; `None`: it can't be read. RT sends contents as JSON in base64, which
        is longer by a third and the line breaks."""
        most = 2 * limit + _PART_BYTES
        told = await self._calls.download(f"{self._url}/attachment/{int(part)}", most, signed=True)
        if not told or len(told) > most:
            return None
        try:
            return base64.b64decode(json.loads(told).get("Content") or "")[:limit + 1] or None
        except (ValueError, AttributeError):
            return None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._calls.aclose()

    async def _get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """The JSON at `path`; `None`: there is nothing."""
        try:
            return await self._calls.get(self._url + path, params)
        except CallRefused as error:
            if error.status == _NOTHING:
                return None
            raise
