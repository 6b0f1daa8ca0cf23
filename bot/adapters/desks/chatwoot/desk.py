"""Chatwoot as agents' desk: each case is a conversation in an API inbox.

The visitor's messages are the contact's, all others are private notes. Each message has its key in `source_id`, by
which Kilat finds a message whose acknowledgement was lost. `docs/desks.md` says how agents work there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from bot.adapters.desks.case_poller import PACE_SECONDS, CasePoll, is_settling
from bot.adapters.desks.chatwoot.client import MEDIUM, ChatwootClient
from bot.adapters.desks.chatwoot.markdown import escape_markdown
from bot.adapters.desks.chatwoot.reader import agent_of, attributes, author_of, is_ours, outcome, source_of, words
from bot.adapters.desks.chatwoot.settings import ChatwootSettings
from bot.adapters.desks.chatwoot.webhook import IGNORED, check_webhook
from bot.adapters.desks.http_calls import HttpCalls
from bot.adapters.desks.plain_text import case_name, entry_name, entry_text, speaker, split_text
from bot.adapters.desks.polled_desk import File, PolledDesk
from bot.core.conversation import Agent, Author, Entry
from bot.core.errors import WebhookRefused
from bot.ports import Case, DeskEvent, QueuePlace

# Characters of a message before they are escaped, which may make four of one; Chatwoot takes 150,000.
LONGEST_TEXT = 30_000
_PRIORITIES = {"p1": "urgent", "p2": "high", "p3": "medium", "p4": "low"}
# Matches the name of a team that is a tier.
_TIER = re.compile(r"tier\W?([12])$", re.IGNORECASE)
_TYPING = {"conversation_typing_on": "on", "conversation_typing_off": ""}


class ChatwootDesk(PolledDesk):
    """`AgentDesk` over Chatwoot's client and application APIs. A case's `ref` is "NUMBER/NAME": the conversation's
    number, and the case's name, which is also the id of the contact's session. Parameters: see `PolledDesk`."""

    name = "chatwoot"

    def __init__(
        self, settings: ChatwootSettings, phrases: Mapping[str, str], largest: int,
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc), pace: float = PACE_SECONDS,
    ) -> None:
        calls = HttpCalls(self.name, settings.url, {"api_access_token": settings.token},
                          answer_seconds=settings.answer_seconds)
        super().__init__(calls, phrases, largest, pace)
        self._api = ChatwootClient(calls, settings)
        self._secrets = settings.webhook_secrets
        self._now = now

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], phrases: Mapping[str, str], largest: int) -> ChatwootDesk:
        """Read the settings. Raises `ConfigurationError`."""
        return cls(ChatwootSettings.from_environment(environ), phrases, largest)

    async def check(self) -> None:
        await self._api.check()

    async def online(self) -> int | None:
        return len([agent for agent in await self._api.agents() if agent.get("availability_status") == "online"])

    async def open_case(self, case: Case, place: QueuePlace | None, transcript: str) -> str:
        """See `AgentDesk`. Each step may be repeated."""
        session = case_name(case)
        contact = await self._api.contact(session, case.file.get("identity") or {})
        conversation_id = await self._api.conversation_of(contact, session)
        if conversation_id is None:
            # A user who is no member of the inbox can open a conversation, but never find it.
            await self._api.check_membership()
            conversation_id = await self._api.open(session, attributes(case))
        ref = f"{conversation_id}/{session}"
        # Once the transcript is there, agents work on the case: the status is theirs, and a resolved case stays
        # resolved.
        if source_of(ref, "0") not in await self._sent(ref):
            await self._put_before_agents(conversation_id)
        await self._note(ref, "0", transcript)
        await self._api.prioritise(conversation_id, _PRIORITIES.get(case.priority or "", MEDIUM))
        return ref

    async def _put_before_agents(self, number: int) -> None:
        """Open a conversation that Chatwoot created as pending, or, for a blocked contact, as resolved."""
        shown = await self._api.conversation(number)
        status, assignee = shown.get("status"), (shown.get("meta") or {}).get("assignee")
        if status == "pending" or (status == "resolved" and not assignee):
            await self._api.set_status(number, "open")
            assignee = {"id": await self._api.me()}
        # Chatwoot assigns a conversation to the user who opens it.
        if assignee and assignee["id"] == await self._api.me():
            await self._api.unassign(number)

    async def typing(self, ref: str, on: bool) -> None:
        conversation_id, _, session = ref.partition("/")
        await self._api.type(session, conversation_id, on)

    def receive_webhook(self, headers: Mapping[str, str], body: bytes) -> None:
        """See `AgentDesk`. A server whose webhooks are not signed is polled only."""
        check_webhook(headers, body, self._secrets, self._now())
        try:
            told = json.loads(body)
            event = str(told["event"])
            conversation_id = str((told.get("conversation") or told)["id"])
            if event in _TYPING:
                user = told["user"]
                # A contact has no type, and its id may be a user's, too.
                if not told.get("is_private") and user.get("type") == "user":
                    typing = DeskEvent("", conversation_id, "typing", agent_of(user), text=_TYPING[event])
                    self._poller.add_transient(typing)
            elif not is_ours(told):
                self._poller.poll_now(conversation_id)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise WebhookRefused("it is no event of Chatwoot", IGNORED) from error

    async def _poll_case(self, poll: CasePoll) -> None:
        shown = await self._api.conversation(poll.ref.partition("/")[0])
        cursor = poll.cursor
        newest = [str(message["id"]) for message in shown.get("messages") or []][-1:]
        # A message may become visible after a newer one: read the case again for a while.
        changed_at = float(shown.get("last_activity_at") or 0)
        if is_settling(changed_at, self._now().timestamp()) or not set(newest) <= set(cursor.messages):
            oldest = min(map(int, cursor.messages), default=0)
            messages = await self._api.messages(poll.ref.partition("/")[0], oldest)
            for message in messages:
                if str(message["id"]) not in cursor.messages:
                    await poll.read(str(message["id"]), self._read(poll, message))
            cursor.remember([str(message["id"]) for message in messages])
        self._read_assignment(poll, shown.get("meta") or {}, await self._api.me())
        status = str(shown.get("status"))
        if status != cursor.state:
            # Report each end once. A conversation that agents open again is no case any more.
            cursor.state = status
            somebody = Agent("somebody", self._words.phrase("author_agent"))
            if status == "resolved":
                poll.add("closed", poll.holder or somebody, text=outcome(shown.get("labels") or []))
            elif status == "pending":
                poll.add("returned", poll.holder or somebody)

    def _read_assignment(self, poll: CasePoll, meta: Mapping[str, Any], me: int) -> None:
        """Add the events of a new assignee or team. A team with a tier's name transfers the case to that tier; without
        an assignee, the case goes back to its own queue."""
        assignee, team = meta.get("assignee"), meta.get("team") or {}
        # A bot's id may be an agent's, too.
        if assignee and (assignee["id"] == me or (meta.get("assignee_type") or "User") != "User"):
            assignee = None
        before, _, team_before = (poll.cursor.stamp or "|").partition("|")
        assigned, team_now = str(assignee["id"]) if assignee else "", str(team.get("id") or "")
        poll.cursor.stamp = f"{assigned}|{team_now}"
        tier = _TIER.search(str(team.get("name") or "")) if team_now != team_before else None
        if tier and poll.holder:
            poll.add("transferred", poll.holder, tier=int(tier.group(1)))
            poll.cursor.holder = None
        elif before and not assigned and poll.holder:
            poll.add("transferred", poll.holder)
            poll.cursor.holder = None
        if assignee and assigned != before:
            poll.accept(agent_of(assignee))

    async def _read(self, poll: CasePoll, message: Mapping[str, Any]) -> None:
        """Add the events of a message from an agent to the visitor; ignore all other messages."""
        agent = author_of(message)
        if agent is None:
            return
        poll.accept(agent)
        if text := words(message):
            poll.events.append(DeskEvent(f"m{message['id']}", poll.ref, "message", agent, text=text))
        for attachment in message.get("attachments") or []:
            if url := attachment.get("data_url"):
                await self._add_file(poll, agent, str(attachment["id"]), url)

    async def _say(self, ref: str, entry: Entry, file: File | None) -> None:
        is_visitor = entry.author is Author.VISITOR
        text = entry_text(entry) if is_visitor else f"{speaker(entry)}: {entry_text(entry)}"
        await self._send(ref, entry_name(entry), text, file, is_note=not is_visitor)

    async def _note(self, ref: str, key: str, text: str) -> None:
        await self._send(ref, key, text, None, is_note=True)

    async def _end(self, ref: str) -> None:
        number = ref.partition("/")[0]
        if (await self._api.conversation(number)).get("status") != "resolved":
            await self._api.set_status(number, "resolved")

    async def _send(self, ref: str, key: str, text: str, file: File | None, *, is_note: bool) -> None:
        """Send `text` once, escaped, in as many messages as it needs."""
        there = await self._sent(ref)
        for place, piece in enumerate([text] if file else split_text(text, LONGEST_TEXT)):
            source = source_of(ref, key) + (f".{place}" if place else "")
            if source not in there:
                # If the call fails, the message may have arrived.
                self._there.pop(ref, None)
                await self._api.say(ref.partition("/")[0], escape_markdown(piece), source, file, is_note=is_note)
                self._there[ref] = there = {**there, source: ""}

    async def _sent(self, ref: str) -> dict[str, str]:
        """The ids of all messages of the case, by `source_id`."""
        if ref not in self._there:
            messages = await self._api.messages(ref.partition("/")[0])
            self._there[ref] = {str(message.get("source_id")): str(message["id"]) for message in messages}
        return self._there[ref]
