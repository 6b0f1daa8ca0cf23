"""Chatwoot as the desk: an API inbox where every case is a conversation of its own.

The visitor's words stand there as the contact's, all else as private notes. Every message carries its name in
`source_id`, by which one that may have arrived already is found again. `docs/desks.md` says what agents do there.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.adapters.desks.agent_phrases import AgentPhrases
from bot.adapters.desks.case_poller import PACE_SECONDS, CasePoll, CasePoller, is_settling
from bot.adapters.desks.chatwoot.client import MEDIUM, ChatwootClient
from bot.adapters.desks.chatwoot.markdown import escape_markdown
from bot.adapters.desks.chatwoot.reader import agent_of, attributes, author_of, is_ours, outcome, source_of, words
from bot.adapters.desks.chatwoot.settings import ChatwootSettings
from bot.adapters.desks.chatwoot.webhook import IGNORED, check_webhook
from bot.adapters.desks.http_calls import NOT_FOUND, UNTAKEN, CallRefused, HttpCalls
from bot.adapters.desks.late_files import LateFiles
from bot.adapters.desks.plain_text import case_name, entry_name, entry_text, speaker, split_text
from bot.core.conversation import Agent, Author, Entry
from bot.core.errors import WebhookRefused
from bot.ports import AgentDesk, Case, DeskEvent, DeskNews, QueuePlace

logger = logging.getLogger(__name__)
# Characters as they were typed: escaped, each may become four, and Chatwoot takes 150,000.
LONGEST_TEXT = 30_000
_PRIORITIES = {"p1": "urgent", "p2": "high", "p3": "medium", "p4": "low"}
# Teams whose names end so are the tiers.
_TIER = re.compile(r"tier\W?([12])$", re.IGNORECASE)
_TYPING = {"conversation_typing_on": "on", "conversation_typing_off": ""}


class ChatwootDesk(AgentDesk):
    """`AgentDesk` over Chatwoot's client and application APIs. A case's `ref` is the number of its conversation, a
    slash, and its name, which the contact's session has, too. `phrases` are for agents; `largest` is that of a file in
    bytes; `pace` see `CasePoller`."""

    name = "chatwoot"

    def __init__(
        self, settings: ChatwootSettings, phrases: Mapping[str, str], largest: int,
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc), pace: float = PACE_SECONDS,
    ) -> None:
        calls = HttpCalls(self.name, settings.url, {"api_access_token": settings.token},
                      answer_seconds=settings.answer_seconds)
        self._calls = calls
        self._api = ChatwootClient(calls, settings)
        self._secrets = settings.webhook_secrets
        self._words = AgentPhrases(phrases)
        self._largest = largest
        self._now = now
        self._poller = CasePoller(pace)
        self._late = LateFiles()
        # What of each case is there already. After a doubt it is not known any more, and read anew.
        self._there: dict[str, set[str]] = {}

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], phrases: Mapping[str, str], largest: int) -> ChatwootDesk:
        """The desk of the settings; `ConfigurationError` says what is missing or wrong."""
        return cls(ChatwootSettings.from_environment(environ), phrases, largest)

    async def check(self) -> None:
        await self._api.check()

    async def online(self) -> int | None:
        return len([agent for agent in await self._api.agents() if agent.get("availability_status") == "online"])

    async def open_case(self, case: Case, place: QueuePlace | None, transcript: str) -> str:
        """See `AgentDesk`. Every step may be repeated."""
        session = case_name(case)
        contact = await self._api.contact(session, case.file.get("identity") or {})
        conversation_id = await self._api.conversation_of(contact, session)
        if conversation_id is None:
            # Who is no member of the inbox would find none, open one, and find none again.
            await self._api.check_membership()
            conversation_id = await self._api.open(session, attributes(case))
        ref = f"{conversation_id}/{session}"
        # Agents know the case by its transcript: from then on the status is theirs, and a resolved case stays so.
        if not await self._has(ref, "0"):
            await self._put_before_agents(conversation_id)
        await self._note(ref, "0", transcript)
        await self._api.prioritise(conversation_id, _PRIORITIES.get(case.priority or "", MEDIUM))
        return ref

    async def _put_before_agents(self, number: int) -> None:
        """Open a conversation that began as pending, or as resolved, as that of a blocked contact does."""
        shown = await self._api.conversation(number)
        status, assignee = shown.get("status"), (shown.get("meta") or {}).get("assignee")
        if status == "pending" or (status == "resolved" and not assignee):
            await self._api.set_status(number, "open")
            assignee = {"id": await self._api.me()}
        # Chatwoot assigns a conversation to whoever opens it.
        if assignee and assignee["id"] == await self._api.me():
            await self._api.unassign(number)

    async def relay(self, ref: str, entry: Entry, file: bytes | None = None) -> None:
        is_visitor = entry.author is Author.VISITOR
        text = entry_text(entry)
        if not text.strip() and file is None:
            return
        text = text if is_visitor else f"{speaker(entry)}: {text}"
        shown = entry.body.get("file") or {}
        try:
            await self._send(ref, entry_name(entry), text, (shown["name"], shown["media_type"], file) if file else None,
                             is_note=not is_visitor)
        except CallRefused as error:
            if not file or error.status not in UNTAKEN:
                raise
            await self._note(ref, entry_name(entry), self._words.phrase("desk_file_refused", name=shown["name"]))

    async def typing(self, ref: str, on: bool) -> None:
        conversation_id, _, session = ref.partition("/")
        await self._api.type(session, conversation_id, on)

    async def refuse(self, ref: str, event: str, why: str) -> None:
        try:
            await self._note(ref, f"no:{event}", self._words.phrase(f"desk_refused_{why}"))
        except CallRefused as error:  # somebody has deleted it: all other cases must not wait for this word
            logger.warning("An agent can't be told that a word came too late: %s", error)

    async def close(self, ref: str, reason: str) -> None:
        """See `AgentDesk`. What agents write after it reaches nobody: the note says that it is over."""
        conversation_id, _, _ = ref.partition("/")
        try:
            await self._note(ref, "over", self._words.phrase("desk_closed", outcome=self._words.outcome(reason)))
            if (await self._api.conversation(conversation_id)).get("status") != "resolved":
                await self._api.set_status(conversation_id, "resolved")
        except CallRefused as error:
            if error.status != NOT_FOUND:  # somebody has deleted it: it is over, then
                raise
        self._there.pop(ref, None)

    async def news(self, cursor: str | None, refs: Sequence[str]) -> DeskNews:
        return await self._poller.news(self._poll_case, cursor, refs)

    def receive_webhook(self, headers: Mapping[str, str], body: bytes) -> None:
        """See `AgentDesk`. A server that signs nothing is never listened to: it is only asked."""
        check_webhook(headers, body, self._secrets, self._now())
        try:
            told = json.loads(body)
            event = str(told["event"])
            conversation_id = str((told.get("conversation") or told)["id"])
            if event in _TYPING:
                user = told["user"]
                # A contact's has no type, and numbers of its own.
                if not told.get("is_private") and user.get("type") == "user":
                    typing = DeskEvent("", conversation_id, "typing", agent_of(user), text=_TYPING[event])
                    self._poller.add_transient(typing)
            elif not is_ours(told):
                self._poller.poll_now(conversation_id)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise WebhookRefused("it is no event of Chatwoot", IGNORED) from error

    async def aclose(self) -> None:
        await self._calls.aclose()

    async def _poll_case(self, poll: CasePoll) -> None:
        shown = await self._api.conversation(poll.ref.partition("/")[0])
        cursor = poll.cursor
        newest = [str(message["id"]) for message in shown.get("messages") or []][-1:]
        # A message that commits after a newer one shows in no other way than by looking again.
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
            # A second poll must not tell of an end again; a conversation that was opened once more is nobody's case.
            cursor.state = status
            somebody = Agent("somebody", self._words.phrase("author_agent"))
            if status == "resolved":
                poll.add("closed", poll.holder or somebody, text=outcome(shown.get("labels") or []))
            elif status == "pending":
                poll.add("returned", poll.holder or somebody)

    def _read_assignment(self, poll: CasePoll, meta: Mapping[str, Any], me: int) -> None:
        """Whose it is now: a team with a tier's name sends it to that queue, nobody to the same one again."""
        assignee, team = meta.get("assignee"), meta.get("team") or {}
        # A bot's number may be an agent's, too.
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
        """What an agent wrote to the visitor; not what Kilat, another bot or a rule wrote, nor private notes."""
        agent = author_of(message)
        if agent is None:
            return
        poll.accept(agent)
        if text := words(message):
            poll.events.append(DeskEvent(f"m{message['id']}", poll.ref, "message", agent, text=text))
        for attachment in message.get("attachments") or []:
            if url := attachment.get("data_url"):
                content = await self._late.fetch(f"a{attachment['id']}", self._calls.download(url, self._largest))
                name = unquote(urlsplit(url).path.rpartition("/")[2]) or str(attachment["id"])
                poll.events.append(DeskEvent(f"a{attachment['id']}", poll.ref, "file", agent, name, content))

    async def _note(self, ref: str, key: str, text: str) -> None:
        await self._send(ref, key, text, None, is_note=True)

    async def _send(self, ref: str, key: str, text: str, file: tuple[str, str, bytes] | None, *, is_note: bool) -> None:
        """Say `text`, as it was typed, once: in as many messages as it needs."""
        sources = await self._sources(ref)
        for place, piece in enumerate([text] if file else split_text(text, LONGEST_TEXT)):
            source = source_of(ref, key) + (f".{place}" if place else "")
            if source not in sources:
                # After a failed call it is unknown whether the message arrived.
                self._there.pop(ref, None)
                await self._api.say(ref.partition("/")[0], escape_markdown(piece), source, file, is_note=is_note)
                sources.add(source)
                self._there[ref] = sources

    async def _has(self, ref: str, key: str) -> bool:
        """True when the message of this key stands there."""
        return source_of(ref, key) in await self._sources(ref)

    async def _sources(self, ref: str) -> set[str]:
        """The `source_id` of each message there."""
        if ref not in self._there:
            messages = await self._api.messages(ref.partition("/")[0])
            self._there[ref] = {str(message.get("source_id")) for message in messages}
        return self._there[ref]
