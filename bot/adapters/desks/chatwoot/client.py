"""Calls of Chatwoot's APIs. Fields and paths are those of its Swagger file and its controllers.

- Application and client APIs: https://developers.chatwoot.com/api-reference/introduction
- Source: https://github.com/chatwoot/chatwoot (`app/controllers/api/v1`, `app/controllers/public/api/v1/inboxes`)

No library: Chatwoot's own `chatwoot-sdk` needs Python 3.11, and has neither the client API nor `source_id`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.adapters.desks.chatwoot.settings import ChatwootSettings
from bot.adapters.desks.http_calls import NOT_FOUND, CallRefused, HttpCalls
from bot.core.email_address import is_address
from bot.core.errors import ConfigurationError, DeskUnavailable

MEDIUM = "medium"
PAGE = 100
_REFUSED = (401, 403)
_NO_MEMBER = "KILAT_CHATWOOT_TOKEN: its user sees no inbox of this identifier; make it a member of the API inbox"


class ChatwootClient:
    """One inbox of one account. A conversation's number is the one that agents see."""

    def __init__(self, calls: HttpCalls, settings: ChatwootSettings) -> None:
        self._calls = calls
        self._inbox_token = settings.inbox_token
        self._identifier = settings.inbox
        self._profile = f"{settings.url}/api/v1/profile"
        self._me: int | None = None
        self._account = f"{settings.url}/api/v1/accounts/{settings.account}"
        self._inbox = f"{settings.url}/public/api/v1/inboxes/{quote(settings.inbox, safe='')}"

    async def check(self) -> None:
        """Raise `ConfigurationError` when the token, the account or the inbox is wrong."""
        try:
            await self._calls.get(self._inbox)
            is_member = await self._is_member()
        except CallRefused as error:
            if error.status in _REFUSED:
                raise ConfigurationError(
                    "KILAT_CHATWOOT_TOKEN, KILAT_CHATWOOT_ACCOUNT: Chatwoot does not let this token into this account. "
                    "The token is in Profile settings > Access token, the account is the number in the address "
                    "/app/accounts/NUMBER") from error
            if error.status == NOT_FOUND:
                raise ConfigurationError(
                    "KILAT_CHATWOOT_URL, KILAT_CHATWOOT_ACCOUNT, KILAT_CHATWOOT_INBOX: Chatwoot knows no such account, "
                    "or no API inbox of this identifier; it is in the inbox's Settings > Configuration") from error
            raise ConfigurationError(f"KILAT_CHATWOOT_URL: this is no Chatwoot ({error})") from error
        except DeskUnavailable:
            return
        except (KeyError, TypeError) as error:
            raise ConfigurationError("KILAT_CHATWOOT_URL: what answers there is no Chatwoot") from error
        if not is_member:
            raise ConfigurationError(_NO_MEMBER)

    async def check_membership(self) -> None:
        """Raise `DeskUnavailable` when Kilat's user is no member of the inbox, and so can't see its conversations."""
        if not await self._is_member():
            raise DeskUnavailable(_NO_MEMBER)

    async def _is_member(self) -> bool:
        inboxes = (await self._calls.get(f"{self._account}/inboxes"))["payload"]
        return any(inbox.get("inbox_identifier") == self._identifier for inbox in inboxes)

    async def agents(self) -> list[dict[str, Any]]:
        """The users of the account."""
        return list(await self._calls.get(f"{self._account}/agents"))

    async def me(self) -> int:
        """The id of Kilat's user."""
        if self._me is None:
            self._me = int((await self._calls.get(self._profile))["id"])
        return self._me

    async def contact(self, session: str, identity: Mapping[str, Any]) -> int:
        """Create or find the customer's contact, with a session of this name in the inbox; returns the contact's id."""
        subject, email = str(identity.get("subject") or session), identity.get("email")
        body: dict[str, Any] = {"source_id": session, "identifier": subject, "name": identity.get("name") or subject}
        # Chatwoot refuses a contact with an invalid address.
        if email and is_address(email):
            body["email"] = email
        if self._inbox_token:
            body["identifier_hash"] = hmac.new(self._inbox_token.encode(), subject.encode(), hashlib.sha256).hexdigest()
        return int((await self._calls.post(f"{self._inbox}/contacts", body))["id"])

    async def conversation_of(self, contact: int, session: str) -> int | None:
        """The number of the contact's conversation in that session; `None`: there is none yet."""
        found = await self._calls.get(f"{self._account}/contacts/{contact}/conversations")
        return next((int(one["id"]) for one in found["payload"]
                     if (one.get("custom_attributes") or {}).get("kilat") == session), None)

    async def open(self, session: str, attributes: Mapping[str, str]) -> int:
        """Create a conversation in that session; returns its number."""
        body = {"custom_attributes": dict(attributes)}
        return int((await self._calls.post(f"{self._inbox}/contacts/{session}/conversations", body))["id"])

    async def conversation(self, number: int | str) -> dict[str, Any]:
        """The conversation, with its newest message."""
        return dict(await self._calls.get(f"{self._account}/conversations/{number}"))

    async def messages(self, number: int | str, after: int = 0) -> list[dict[str, Any]]:
        """The conversation's messages with an id above `after`, by id."""
        found: list[dict[str, Any]] = []
        while True:
            page = (await self._calls.get(
                f"{self._account}/conversations/{number}/messages", {"after": str(after)}))["payload"]
            newer = [message for message in page if message["id"] > after]
            found += newer
            if len(page) < PAGE or not newer:
                return sorted(found, key=lambda message: int(message["id"]))
            after = max(message["id"] for message in found)

    async def say(
        self, number: str, text: str, source: str, file: tuple[str, str, bytes] | None, *, is_note: bool,
    ) -> None:
        """Send a message of the contact, or a private note."""
        url = f"{self._account}/conversations/{number}/messages"
        kind = "outgoing" if is_note else "incoming"
        if file:
            fields = {"content": text, "message_type": kind, "private": str(is_note).lower(), "source_id": source}
            await self._calls.upload(url, fields, "attachments[]", file)
        else:
            body = {"content": text, "message_type": kind, "private": is_note, "source_id": source}
            await self._calls.post(url, body)

    async def set_status(self, number: int | str, status: str) -> None:
        """Set the status: `open`, `pending` or `resolved`."""
        await self._calls.post(f"{self._account}/conversations/{number}/toggle_status", {"status": status})

    async def unassign(self, number: int | str) -> None:
        """Remove the assignee."""
        await self._calls.post(f"{self._account}/conversations/{number}/assignments", {"assignee_id": None})

    async def prioritise(self, number: int | str, priority: str) -> None:
        """Set the priority: `urgent`, `high`, `medium` or `low`."""
        await self._calls.post(f"{self._account}/conversations/{number}/toggle_priority", {"priority": priority})

    async def type(self, session: str, number: str, on: bool) -> None:
        """Show that the contact types, or has stopped."""
        await self._calls.post(f"{self._inbox}/contacts/{session}/conversations/{number}/toggle_typing",
                               {"typing_status": "on" if on else "off"})
