"""Calls of Zendesk Support's API.

- Tickets: https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/
- Comments: https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/
- Attachments: https://developer.zendesk.com/api-reference/ticketing/tickets/ticket-attachments/
- Sign-in, idempotency: https://developer.zendesk.com/api-reference/introduction/security-and-auth/,
  https://developer.zendesk.com/api-reference/ticketing/introduction/

No library: `zenpy` blocks its thread (requests), and is GPL-3.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import aiohttp

from bot.adapters.desks.http_calls import CallRefused, HttpCalls
from bot.adapters.desks.zendesk_support.settings import ZendeskSupportSettings

PAGE = 100
_NOTHING = (404, 410)

Json = dict[str, Any]


class ZendeskSupportClient:
    """One account, as Kilat's agent. An answer may take `seconds`."""

    def __init__(self, settings: ZendeskSupportSettings, seconds: float) -> None:
        self._url = f"{settings.url}/api/v2"
        auth = aiohttp.BasicAuth(f"{settings.email}/token", settings.token)
        self._calls = HttpCalls("Zendesk", settings.url, {}, auth, seconds)
        self._me = ""

    async def me(self) -> str:
        """The id of Kilat's agent. Raises `CallRefused` for a wrong sign-in."""
        if not self._me:
            me = (await self._calls.get(f"{self._url}/users/me.json"))["user"]
            # Zendesk gives a wrong sign-in the anonymous user, without an id.
            if not me.get("id"):
                raise CallRefused("Zendesk does not know this user and token", 401)
            self._me = str(me["id"])
        return self._me

    async def find(self, external_id: str) -> str | None:
        """The number of the ticket with this `external_id`; `None`: there is none yet."""
        found = (await self._calls.get(f"{self._url}/tickets.json", {"external_id": external_id}))["tickets"]
        return str(found[0]["id"]) if found else None

    async def create(self, fields: Mapping[str, Any], key: str) -> str:
        """Create a ticket; returns its number. A repeated idempotency `key` gives the same ticket."""
        url, headers = f"{self._url}/tickets.json", {"Idempotency-Key": key}
        return str((await self._calls.post(url, {"ticket": fields}, headers=headers))["ticket"]["id"])

    async def ticket(self, number: str) -> Json | None:
        """The ticket; `None`: it is gone."""
        try:
            return dict((await self._calls.get(f"{self._url}/tickets/{number}.json"))["ticket"])
        except CallRefused as error:
            if error.status in _NOTHING:
                return None
            raise

    async def comments(self, number: str) -> list[tuple[Json, Json]]:
        """The ticket's comments with their authors, the oldest first."""
        url = f"{self._url}/tickets/{number}/comments.json"
        params = {"page[size]": str(PAGE), "sort": "created_at", "include": "users"}
        found: list[tuple[Json, Json]] = []
        while True:
            page = await self._calls.get(url, params)
            people = {person["id"]: person for person in page.get("users") or ()}
            found.extend((comment, people.get(comment["author_id"], {})) for comment in page["comments"])
            if not page.get("meta", {}).get("has_more"):
                return found
            params = {**params, "page[after]": str(page["meta"]["after_cursor"])}

    async def add_note(self, number: str, html: str) -> None:
        """Add an internal note."""
        comment = {"html_body": html, "public": False}
        await self._calls.put(f"{self._url}/tickets/{number}.json", {"ticket": {"comment": comment}})

    async def download(self, url: str, limit: int) -> bytes | None:
        """The first `limit` + 1 bytes of an attachment; `None`: it can't be read. Private attachments need Kilat's key.
        It goes to Zendesk's own address only, and never to a call of the interface."""
        is_call = "/api/" in unquote(url.partition("?")[0])
        return await self._calls.download(url, limit, signed=not is_call) or None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._calls.aclose()
