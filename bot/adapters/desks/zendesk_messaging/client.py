"""Calls of Zendesk messaging (Sunshine Conversations, version 2).

- Reference: https://developer.zendesk.com/api-reference/conversations/
- Switchboard: https://developer.zendesk.com/documentation/conversations/messaging-platform/programmable-conversations/switchboard
- OpenAPI: https://github.com/zendesk/sunshine-conversations-api-spec

No library: Zendesk's `sunshine-conversations-client` blocks its thread (urllib3) and wants pydantic 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.adapters.desks.http_calls import CallRefused, HttpCalls
from bot.adapters.desks.plain_text import split_text
from bot.adapters.desks.zendesk_messaging.settings import ZendeskMessagingSettings
from bot.core.errors import ConfigurationError, DeskUnavailable

# Characters of a text, and of a name in a profile.
LONGEST_TEXT = 4096
LONGEST_NAME = 128
_REFUSED = (401, 403)
_EXISTS = 409

Json = dict[str, Any]


class ZendeskMessagingClient:
    """One app. A message holds its key in its metadata, under `kilat`."""

    def __init__(self, calls: HttpCalls, settings: ZendeskMessagingSettings) -> None:
        self._calls = calls
        self._integration = settings.integration
        self._interface = f"{settings.url}/v2/"
        self._app = f"{self._interface}apps/{settings.app}"

    async def check(self) -> None:
        """Raise `ConfigurationError` when the key, the app or the switchboard integration is wrong."""
        try:
            await self._calls.get(self._app)
            boards = (await self._calls.get(f"{self._app}/switchboards"))["switchboards"]
            names: list[str] = []
            for board in boards:
                found = await self._calls.get(f"{self._app}/switchboards/{board['id']}/switchboardIntegrations")
                names += [name for one in found["switchboardIntegrations"] for name in (one["name"], one["id"])]
        except CallRefused as error:
            if error.status in _REFUSED:
                raise ConfigurationError(
                    "KILAT_ZENDESK_KEY, KILAT_ZENDESK_SECRET: Zendesk refuses this key. Make one in Admin Center > "
                    "Apps and integrations > Conversations API") from error
            raise ConfigurationError(
                f"KILAT_ZENDESK_URL, KILAT_ZENDESK_APP: there is no such app ({error}). The App ID is in Admin Center "
                "> Apps and integrations > Conversations API") from error
        except DeskUnavailable:
            return
        except (KeyError, TypeError) as error:
            raise ConfigurationError("KILAT_ZENDESK_URL: what answers there is not Sunshine Conversations") from error
        if self._integration not in names:
            raise ConfigurationError(
                f"KILAT_ZENDESK_INTEGRATION: the switchboard has no {self._integration!r}, only {', '.join(names)}")

    async def user(self, external: str, name: str | None, email: str | None) -> None:
        """Create the user with this external id, unless it exists."""
        given = next(iter(split_text(name or "", LONGEST_NAME)), "")
        profile = {"givenName": given, "email": email if len(email or "") <= LONGEST_NAME else ""}
        body = {"externalId": external, "profile": {key: value for key, value in profile.items() if value}}
        try:
            await self._calls.post(f"{self._app}/users", body)
        except CallRefused as error:
            if error.status != _EXISTS:
                raise

    async def conversation_of(self, external: str, name: str) -> str | None:
        """The id of the user's conversation of this name; `None`: there is none yet."""
        params = {"filter[userExternalId]": external}
        while True:
            page = await self._calls.get(f"{self._app}/conversations", params)
            for one in page["conversations"]:
                if (one.get("metadata") or {}).get("kilat") == name:
                    return str(one["id"])
            meta = page.get("meta") or {}
            if not meta.get("hasMore") or not meta.get("afterCursor"):
                return None
            params["page[after]"] = meta["afterCursor"]

    async def open(self, external: str, title: str, metadata: Mapping[str, str]) -> str:
        """Create a conversation of the user; returns its id."""
        body = {"type": "personal", "participants": [{"userExternalId": external}], "displayName": title,
                "metadata": {**metadata, "kilat_user": external}}
        return str((await self._calls.post(f"{self._app}/conversations", body))["conversation"]["id"])

    async def conversation(self, id_: str) -> Json:
        """The conversation."""
        return dict((await self._calls.get(f"{self._app}/conversations/{id_}"))["conversation"])

    async def messages(self, id_: str, until: frozenset[str] = frozenset()) -> list[Json]:
        """The conversation's messages in order, back at least to the newest one whose id is in `until`."""
        found: list[Json] = []
        params: dict[str, str] = {}
        while True:
            page = await self._calls.get(f"{self._app}/conversations/{id_}/messages", params)
            found = [*page["messages"], *found]
            meta = page.get("meta") or {}
            is_enough = until and any(message["id"] in until for message in page["messages"])
            if is_enough or not meta.get("hasMore") or not meta.get("beforeCursor"):
                return found
            params["page[before]"] = meta["beforeCursor"]

    async def say(self, id_: str, author: Mapping[str, str], content: Mapping[str, str], name: str) -> str:
        """Send a message; returns its id."""
        body = {"author": dict(author), "content": dict(content), "metadata": {"kilat": name}}
        posted = await self._calls.post(f"{self._app}/conversations/{id_}/messages", body)
        return str(posted["messages"][0]["id"])

    async def keep(self, id_: str, file: tuple[str, str, bytes]) -> Json:
        """Upload a file; returns the `mediaUrl` and the `mediaType` for a message."""
        params = {"access": "public", "for": "message", "conversationId": id_}
        return dict((await self._calls.upload(f"{self._app}/attachments", {}, "source", file, params))["attachment"])

    async def pass_control(self, id_: str, metadata: Mapping[str, str]) -> None:
        """Hand the conversation to the agents. May be repeated."""
        body = {"switchboardIntegration": self._integration, "metadata": dict(metadata)}
        await self._calls.post(f"{self._app}/conversations/{id_}/passControl", body)

    async def release_control(self, id_: str) -> None:
        """Take the conversation from the agents."""
        await self._calls.post(f"{self._app}/conversations/{id_}/releaseControl", {})

    def is_call(self, url: str) -> bool:
        """True when `url` is a call of this interface."""
        return url.startswith(self._interface)

    def is_with_agents(self, conversation: Mapping[str, Any]) -> bool:
        """True when the agents have the conversation."""
        active = conversation.get("activeSwitchboardIntegration") or {}
        return self._integration in (active.get("name"), active.get("id"))
