"""Zendesk's Agent Workspace as agents' desk: each case is a conversation of Sunshine Conversations.

The visitor's messages are the user's, all others are the business's. Each message has its key in its metadata, by which
Kilat finds a message whose acknowledgement was lost. `docs/desks.md` says how agents work there.
"""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp

from bot.adapters.desks.case_poller import PACE_SECONDS, CasePoll, is_settling
from bot.adapters.desks.http_calls import HttpCalls
from bot.adapters.desks.plain_text import BOT_NAME, case_name, entry_name, entry_text, speaker, split_text
from bot.adapters.desks.polled_desk import File, PolledDesk
from bot.adapters.desks.zendesk_messaging.client import LONGEST_TEXT, ZendeskMessagingClient
from bot.adapters.desks.zendesk_messaging.reader import agent_of, is_ours, is_typing_agent, seconds, words
from bot.adapters.desks.zendesk_messaging.settings import ZendeskMessagingSettings
from bot.adapters.desks.zendesk_messaging.ticket_fields import case_metadata, ticket_fields
from bot.core.conversation import Agent, Author, Entry
from bot.core.errors import WebhookRefused
from bot.ports import Case, DeskEvent, QueuePlace

_RELEASE = "switchboard:releaseControl"
# The reason of a release when the conversation goes on by e-mail; the case is not solved then.
_BY_EMAIL = "transferToEmail"
_TYPING = {"typing:start": "on", "typing:stop": ""}


class ZendeskMessagingDesk(PolledDesk):
    """`AgentDesk` over Sunshine Conversations. `ref` is the conversation's id. Parameters: see `PolledDesk`."""

    name = "zendesk"

    def __init__(
        self, settings: ZendeskMessagingSettings, phrases: Mapping[str, str], largest: int, pace: float = PACE_SECONDS,
        now: Callable[[], float] = time.time,
    ) -> None:
        auth = aiohttp.BasicAuth(settings.key, settings.secret)
        calls = HttpCalls(self.name, settings.url, {}, auth, settings.answer_seconds)
        super().__init__(calls, phrases, largest, pace)
        self._api = ZendeskMessagingClient(calls, settings)
        self._secret = settings.webhook_secret
        self._users: dict[str, str] = {}
        # Conversations that go on by e-mail, which only webhooks tell.
        self._by_email: set[str] = set()
        self._now = now

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str], phrases: Mapping[str, str], largest: int,
    ) -> ZendeskMessagingDesk:
        """Read the settings. Raises `ConfigurationError`."""
        return cls(ZendeskMessagingSettings.from_environment(environ), phrases, largest)

    async def check(self) -> None:
        await self._api.check()

    async def online(self) -> int | None:
        """See `AgentDesk`. Zendesk messaging does not tell who is online."""
        return None

    async def open_case(self, case: Case, place: QueuePlace | None, transcript: str) -> str:
        """See `AgentDesk`. Each step may be repeated; the last one hands the conversation to the agents."""
        identity = case.file.get("identity") or {}
        external = str(identity.get("subject") or case.conversation_id)
        await self._api.user(external, identity.get("name"), identity.get("email"))
        ref = await self._api.conversation_of(external, case_name(case))
        if ref is None:
            ref = await self._api.open(external, case.number, case_metadata(case))
        self._users[ref] = external
        first = await self._send(ref, "0", _business(BOT_NAME), transcript)
        # Without the first message's id, an agent sees only the last ten messages.
        await self._api.pass_control(ref, {**ticket_fields(case, identity), "first_message_id": first})
        return ref

    async def typing(self, ref: str, on: bool) -> None:
        """See `AgentDesk`. Sunshine Conversations takes no typing of a user."""

    def receive_webhook(self, headers: Mapping[str, str], body: bytes) -> None:
        """See `AgentDesk`. The header `X-API-Key` holds the webhook's secret."""
        given = headers.get("x-api-key", "")
        if not self._secret or not hmac.compare_digest(given.encode(), self._secret.encode()):
            raise WebhookRefused("its key is wrong, or KILAT_ZENDESK_WEBHOOK_SECRET is not set")
        try:
            for event in json.loads(body)["events"]:
                payload = event["payload"]
                conversation_id = str((payload.get("conversation") or {}).get("id") or "")
                activity = payload.get("activity") or {}
                if activity.get("type") in _TYPING:
                    # The event does not name the agent: it counts for the agent who has the case.
                    if is_typing_agent(activity):
                        typing = DeskEvent("", conversation_id, "typing", text=_TYPING[activity["type"]])
                        self._poller.add_transient(typing)
                elif conversation_id and not is_ours(payload.get("message") or {}):
                    if event.get("type") == _RELEASE and payload.get("reason") == _BY_EMAIL:
                        self._by_email.add(conversation_id)
                    self._poller.poll_now(conversation_id)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise WebhookRefused("it is no event of Sunshine Conversations") from error

    async def _poll_case(self, poll: CasePoll) -> None:
        shown = await self._api.conversation(poll.ref)
        cursor = poll.cursor
        known = frozenset(cursor.messages)
        changed = str(shown.get("lastUpdatedAt") or "")
        if not known or changed != cursor.stamp or is_settling(seconds(changed), self._now()):
            messages = await self._api.messages(poll.ref, known)
            first = next((place for place, message in enumerate(messages) if message["id"] in known), 0)
            for message in messages[first:]:
                if message["id"] not in known:
                    await poll.read(message["id"], self._read(poll, message))
            cursor.remember([message["id"] for message in messages[first:]])
            cursor.stamp = changed
        is_theirs = self._api.is_with_agents(shown)
        # A known case was passed to the agents, even if no poll has seen it with them.
        if not is_theirs and cursor.state != "elsewhere":
            agent = poll.holder or Agent("somebody", self._words.phrase("author_agent"))
            if shown.get("activeSwitchboardIntegration"):
                poll.add("returned", agent)
            else:  # the agent has ended the session, or the ticket is closed
                poll.add("closed", agent, text="" if poll.ref in self._by_email else "solved")
        if is_theirs:
            self._by_email.discard(poll.ref)
        cursor.state = "agents" if is_theirs else "elsewhere"

    async def _read(self, poll: CasePoll, message: Mapping[str, Any]) -> None:
        """Add the events of a message from an agent; ignore all other messages."""
        agent = agent_of(message, self._words.phrase("author_agent"))
        if agent is None:
            return
        poll.accept(agent)
        if text := words(message):
            poll.events.append(DeskEvent(f"m{message['id']}", poll.ref, "message", agent, text=text))
        if url := message["content"].get("mediaUrl"):
            # Private attachments, the default, need Kilat's key. It goes to Zendesk's own address only, and never to a
            # call of the interface.
            await self._add_file(poll, agent, str(message["id"]), url, signed=not self._api.is_call(url))

    async def _say(self, ref: str, entry: Entry, file: File | None) -> None:
        author = _business(speaker(entry))
        if entry.author is Author.VISITOR:
            author = {"type": "user", "userExternalId": await self._user(ref)}
        await self._send(ref, entry_name(entry), author, entry_text(entry), file)

    async def _note(self, ref: str, key: str, text: str) -> None:
        await self._send(ref, key, _business(BOT_NAME), text)

    async def _end(self, ref: str) -> None:
        if self._api.is_with_agents(await self._api.conversation(ref)):
            await self._api.release_control(ref)

    async def close(self, ref: str, reason: str) -> None:
        await super().close(ref, reason)
        self._users.pop(ref, None)
        self._by_email.discard(ref)

    async def _user(self, ref: str) -> str:
        if ref not in self._users:
            self._users[ref] = str((await self._api.conversation(ref))["metadata"]["kilat_user"])
        return self._users[ref]

    async def _send(self, ref: str, key: str, author: Mapping[str, str], text: str, file: File | None = None) -> str:
        """Send `text` once, in as many messages as it needs; returns the id of the first."""
        there = self._there.pop(ref, None)
        if there is None:
            there = {message["metadata"]["kilat"]: str(message["id"])
                     for message in await self._api.messages(ref) if is_ours(message)}
        pieces = [text] if file else split_text(text, LONGEST_TEXT)
        for place, piece in enumerate(pieces):
            name = f"{key}.{place}"
            if name not in there:
                there[name] = await self._api.say(ref, author, await self._content(ref, piece, file), name)
        self._there[ref] = there
        return there[f"{key}.0"]

    async def _content(self, ref: str, text: str, file: File | None) -> dict[str, str]:
        if not file:
            return {"type": "text", "text": text}
        kept = await self._api.keep(ref, file)
        kind = "image" if str(kept.get("mediaType", "")).startswith("image/") else "file"
        return {"type": kind, "mediaUrl": str(kept["mediaUrl"]), "text": text}


def _business(name: str) -> dict[str, str]:
    return {"type": "business", "displayName": name}
