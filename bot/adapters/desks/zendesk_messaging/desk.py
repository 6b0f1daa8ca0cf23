"""Zendesk's Agent Workspace as the desk: every case is a conversation of Sunshine Conversations that is passed to it.

The visitor's words stand there as the user's, all else as the business's. Every message carries its name in its
metadata, by which one that may have arrived already is found again. `docs/desks.md` says what agents do there.
"""

from __future__ import annotations

import hmac
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import aiohttp

from bot.adapters.desks.agent_phrases import AgentPhrases
from bot.adapters.desks.case_poller import PACE_SECONDS, CasePoll, CasePoller, is_settling
from bot.adapters.desks.http_calls import NOT_FOUND, UNTAKEN, CallRefused, HttpCalls
from bot.adapters.desks.late_files import LateFiles
from bot.adapters.desks.plain_text import BOT_NAME, case_name, entry_name, entry_text, speaker, split_text
from bot.adapters.desks.zendesk_messaging.client import LONGEST_TEXT, ZendeskMessagingClient
from bot.adapters.desks.zendesk_messaging.reader import agent_of, is_ours, is_typing_agent, seconds, words
from bot.adapters.desks.zendesk_messaging.settings import ZendeskMessagingSettings
from bot.adapters.desks.zendesk_messaging.ticket_fields import case_metadata, ticket_fields
from bot.core.conversation import Agent, Author, Entry
from bot.core.errors import WebhookRefused
from bot.ports import AgentDesk, Case, DeskEvent, DeskNews, QueuePlace

logger = logging.getLogger(__name__)

_RELEASE = "switchboard:releaseControl"
# The conversation goes on by e-mail, so nothing is solved yet.
_BY_EMAIL = "transferToEmail"
_TYPING = {"typing:start": "on", "typing:stop": ""}


class ZendeskMessagingDesk(AgentDesk):
    """`AgentDesk` over Sunshine Conversations. A case's `ref` is its conversation's id. `phrases` are for agents;
    `largest` is that of a file in bytes; `pace` see `CasePoller`."""

    name = "zendesk"

    def __init__(
        self, settings: ZendeskMessagingSettings, phrases: Mapping[str, str], largest: int, pace: float = PACE_SECONDS,
        now: Callable[[], float] = time.time,
    ) -> None:
        auth = aiohttp.BasicAuth(settings.key, settings.secret)
        self._calls = HttpCalls(self.name, settings.url, {}, auth, settings.answer_seconds)
        self._api = ZendeskMessagingClient(self._calls, settings)
        self._secret = settings.webhook_secret
        self._words = AgentPhrases(phrases)
        self._largest = largest
        self._poller = CasePoller(pace)
        self._late = LateFiles()
        # What of each case is there already, with its id. After a doubt it is not known any more, and read anew.
        self._there: dict[str, dict[str, str]] = {}
        self._users: dict[str, str] = {}
        # What goes on by e-mail: webhooks alone tell.
        self._by_email: set[str] = set()
        self._now = now

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str], phrases: Mapping[str, str], largest: int,
    ) -> ZendeskMessagingDesk:
        """The desk of the settings; `ConfigurationError` says what is missing or wrong."""
        return cls(ZendeskMessagingSettings.from_environment(environ), phrases, largest)

    async def check(self) -> None:
        await self._api.check()

    async def online(self) -> int | None:
        """See `AgentDesk`. Messaging does not tell who is there."""
        return None

    async def open_case(self, case: Case, place: QueuePlace | None, transcript: str) -> str:
        """See `AgentDesk`. Every step may be repeated; that the agents have it is the last."""
        identity = case.file.get("identity") or {}
        external = str(identity.get("subject") or case.conversation_id)
        await self._api.user(external, identity.get("name"), identity.get("email"))
        ref = await self._api.conversation_of(external, case_name(case))
        if ref is None:
            ref = await self._api.open(external, case.number, case_metadata(case))
        self._users[ref] = external
        first = await self._send(ref, "0", _business(BOT_NAME), transcript)
        # Without the first message's id an agent sees the last ten alone.
        await self._api.pass_control(ref, {**ticket_fields(case, identity), "first_message_id": first})
        return ref

    async def relay(self, ref: str, entry: Entry, file: bytes | None = None) -> None:
        if not entry_text(entry).strip() and file is None:
            return
        author = _business(speaker(entry))
        if entry.author is Author.VISITOR:
            author = {"type": "user", "userExternalId": await self._user(ref)}
        shown = entry.body.get("file") or {}
        try:
            await self._send(ref, entry_name(entry), author, entry_text(entry),
                             (shown["name"], shown["media_type"], file) if file else None)
        except CallRefused as error:
            if not file or error.status not in UNTAKEN:
                raise
            said = self._words.phrase("desk_file_refused", name=shown["name"])
            await self._send(ref, entry_name(entry), _business(BOT_NAME), said)

    async def typing(self, ref: str, on: bool) -> None:
        """See `AgentDesk`. Of a user, Sunshine Conversations takes no typing."""

    async def refuse(self, ref: str, event: str, why: str) -> None:
        try:
            await self._send(ref, f"no:{event}", _business(BOT_NAME), self._words.phrase(f"desk_refused_{why}"))
        except CallRefused as error:  # somebody has deleted it: all other cases must not wait for this word
            logger.warning("An agent can't be told that a word came too late: %s", error)

    async def close(self, ref: str, reason: str) -> None:
        """See `AgentDesk`. What agents write after it reaches nobody: the last message says that it is over."""
        said = self._words.phrase("desk_closed", outcome=self._words.outcome(reason))
        try:
            await self._send(ref, "over", _business(BOT_NAME), said)
            if self._api.is_with_agents(await self._api.conversation(ref)):
                await self._api.release_control(ref)
        except CallRefused as error:
            if error.status != NOT_FOUND:  # somebody has deleted it: it is over, then
                raise
        self._there.pop(ref, None)
        self._users.pop(ref, None)
        self._by_email.discard(ref)

    async def news(self, cursor: str | None, refs: Sequence[str]) -> DeskNews:
        return await self._poller.news(self._poll_case, cursor, refs)

    def receive_webhook(self, headers: Mapping[str, str], body: bytes) -> None:
        """See `AgentDesk`. The secret of the webhook comes along as `X-API-Key`."""
        given = headers.get("x-api-key", "")
        if not self._secret or not hmac.compare_digest(given.encode(), self._secret.encode()):
            raise WebhookRefused("its key is wrong, or KILAT_ZENDESK_WEBHOOK_SECRET is not set")
        try:
            for event in json.loads(body)["events"]:
                payload = event["payload"]
                conversation_id = str((payload.get("conversation") or {}).get("id") or "")
                activity = payload.get("activity") or {}
                if activity.get("type") in _TYPING:
                    # It does not tell which agent: whoever has the case.
                    if is_typing_agent(activity):
                        typing = DeskEvent("", conversation_id, "typing", text=_TYPING[activity["type"]])
                        self._poller.add_transient(typing)
                elif conversation_id and not is_ours(payload.get("message") or {}):
                    if event.get("type") == _RELEASE and payload.get("reason") == _BY_EMAIL:
                        self._by_email.add(conversation_id)
                    self._poller.poll_now(conversation_id)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise WebhookRefused("it is no event of Sunshine Conversations") from error

    async def aclose(self) -> None:
        await self._calls.aclose()

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
        # Whose name is known was passed to them, whether anybody has looked since or not.
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
        """What an agent wrote; not what Kilat or another bot wrote."""
        agent = agent_of(message, self._words.phrase("author_agent"))
        if agent is None:
            return
        poll.accept(agent)
        if text := words(message):
            poll.events.append(DeskEvent(f"m{message['id']}", poll.ref, "message", agent, text=text))
        if url := message["content"].get("mediaUrl"):
            name = unquote(urlsplit(url).path.rpartition("/")[2]) or str(message["id"])
            # Private attachments, which are the default, want Kilat's key. Zendesk's own address alone gets it, and
            # never as a call of the interface.
            asked = self._calls.download(url, self._largest, signed=not self._api.is_call(url))
            file = await self._late.fetch(str(message["id"]), asked)
            poll.events.append(DeskEvent(f"a{message['id']}", poll.ref, "file", agent, name, file))

    async def _user(self, ref: str) -> str:
        if ref not in self._users:
            self._users[ref] = str((await self._api.conversation(ref))["metadata"]["kilat_user"])
        return self._users[ref]

    async def _send(
        self, ref: str, key: str, author: Mapping[str, str], text: str, file: tuple[str, str, bytes] | None = None,
    ) -> str:
        """Say it once, in as many messages as it needs; the id of the first."""
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

    async def _content(self, ref: str, text: str, file: tuple[str, str, bytes] | None) -> dict[str, str]:
        if not file:
            return {"type": "text", "text": text}
        kept = await self._api.keep(ref, file)
        kind = "image" if str(kept.get("mediaType", "")).startswith("image/") else "file"
        return {"type": kind, "mediaUrl": str(kept["mediaUrl"]), "text": text}


def _business(name: str) -> dict[str, str]:
    return {"type": "business", "displayName": name}
