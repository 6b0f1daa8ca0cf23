"""What agents do with cases. The console and every external desk use these actions, so a case obeys one set of rules.

Each action is one change of the conversation, which `bot.core.conversation_reducer` allows or refuses: of two agents
who take the same case at the same moment one gets it. """

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from bot.core.case import Outcome
from bot.core.conversation import Agent, Author, Change, Changed, Conversation, Destination, Event, Kind, NewEntry, Note
from bot.core.errors import KilatError
from bot.live.bot_turns import entries_of
from bot.live.event_log_writer import EventLogWriter
from bot.live.pubsub import PubSub
from bot.ports import AgentAccount, BotTurn, Case, Cases, Conversations, StoredFile
from bot.services.local_responder import LocalResponder

# Cases to read from the queue at once, beyond those that other calls are about to take.
FEW = 5
# An agent counts as writing for so long after the last keystroke.
WRITING_SECONDS = 300.0
MOST_WRITERS = 1000
# After these events the agent does not own the conversation any more.
_LEAVES = (Event.TRANSFER, Event.RETURN, Event.TICKET, Event.END)


class NotCaseOwner(KilatError):
    """The agent does not own the conversation, another agent was faster, or the conversation is closed."""


class CaseActions:
    """The actions. Every method but `typing` may raise `StoreUnavailable`, and `NotCaseOwner` where the agent may not
    do it. An action with a `client_id` is idempotent."""

    def __init__(
        self,
        conversations: Conversations,
        cases: Cases,
        log_writer: EventLogWriter,
        pubsub: PubSub,
        responder: LocalResponder,
    ) -> None:
        self._conversations = conversations
        self._cases = cases
        self._log_writer = log_writer
        self._pubsub = pubsub
        self._responder = responder
        # Conversation ids that a call of `next` is about to take.
        self._wanted: set[str] = set()
        # Conversation id → time of the last keystroke of an agent, by the monotonic clock.
        self._typed: dict[str, float] = {}

    async def take(
        self, conversation_id: str, agent: Agent, client_id: str | None = None, notes: tuple[Note, ...] = (),
    ) -> Changed:
        """Give the case to `agent`; changes nothing if they own it. `notes` are stored before the note `taken`."""
        conversation = await self._conversation(conversation_id)
        if conversation.agent is not None and conversation.agent.id == agent.id:
            return Changed(conversation, (), is_new=False)
        entry = await self._event(conversation, "connected", agent, client_id)
        return await self._do(Change(
            conversation_id, (entry,), Event.ACCEPT, by=agent, notes=(*notes, Note("taken", agent=agent.id))))

    async def assign(self, conversation_id: str, lead: Agent, to: Agent) -> Changed:
        """`lead` gives a waiting or owned case to `to`, who may be the lead. The note is the lead's, not the former
        owner's."""
        conversation = await self._conversation(conversation_id)
        if conversation.agent is None:
            note = Note("assigned", {"to": to.id, "name": to.name, "from": None}, lead.id)
            return await self.take(conversation_id, to, notes=(note,))
        if conversation.agent.id != to.id:
            note = Note("assigned", {"to": to.id, "name": to.name, "from": conversation.agent.id}, lead.id)
            entry = await self._event(conversation, "transferred", lead)
            await self._do(Change(
                conversation_id, (entry,), Event.TRANSFER, by=conversation.agent, to=Destination(agent=to.id),
                notes=(note,)))
        return await self.take(conversation_id, to)

    async def next(self, account: AgentAccount) -> Conversation | None:
        """Take the first waiting case that `account` may take; `None` when none waits."""
        agent = Agent(account.id, account.name)
        tried: set[str] = set()
        while True:
            # Concurrent calls go for different cases.
            enough = FEW + len(self._wanted) + len(tried)
            waiting = await asyncio.to_thread(self._cases.waiting, account.tiers, account.languages, enough, account.id)
            free = [case.conversation_id for case in waiting if case.conversation_id not in self._wanted | tried]
            if not free and len(waiting) < enough:
                return None
            if not free:
                continue
            self._wanted.add(free[0])
            try:
                return (await self.take(free[0], agent)).conversation
            except NotCaseOwner:
                tried.add(free[0])
            finally:
                self._wanted.discard(free[0])

    async def say(self, conversation_id: str, agent: Agent, text: str, client_id: str) -> Changed:
        """Send a text to the visitor."""
        conversation = await self._conversation(conversation_id)
        body = {"text": text, "name": agent.name, "lang": conversation.lang}
        entry = NewEntry(Author.AGENT, Kind.TEXT, body, client_id)
        return await self._do(Change(conversation_id, (entry,), Event.SAY, by=agent))

    async def show(self, conversation_id: str, agent: Agent, file: StoredFile, client_id: str) -> Changed:
        """Send a file, whose content is stored already, to the visitor."""
        shown = {"id": file.id, "name": file.name, "media_type": file.media_type, "size": file.size}
        entry = NewEntry(Author.AGENT, Kind.FILE, {"text": file.name, "name": agent.name, "file": shown}, client_id)
        return await self._do(Change(conversation_id, (entry,), Event.SAY, by=agent))

    async def note(self, conversation_id: str, agent: Agent, text: str, client_id: str) -> Changed:
        """Store a note that only agents see; every agent may add one."""
        note = Note("note", {"text": text, "name": agent.name}, agent.id, client_id)
        return await self._log_writer.write(Change(conversation_id, notes=(note,)))

    def typing(self, conversation_id: str, agent: Agent, on: bool) -> None:
        """Show the visitor that an agent types, or has stopped (`on` is False)."""
        if on:
            if len(self._typed) >= MOST_WRITERS:
                self._typed = {one: at for one, at in self._typed.items() if self._is_recent(at)}
            self._typed[conversation_id] = time.monotonic()
        self._pubsub.publish_transient(
            conversation_id, {"type": "typing", "author": Author.AGENT.value, "on": on, "name": agent.name}
        )

    def is_writing(self, conversation_id: str) -> bool:
        """True when an agent typed there within `WRITING_SECONDS`."""
        at = self._typed.get(conversation_id)
        return at is not None and self._is_recent(at)

    async def transfer(
        self, conversation_id: str, agent: Agent, to: Destination, reason: str = "", client_id: str | None = None,
        *, automatic: bool = False,
    ) -> Changed:
        """Put the case back into the queue of a tier, or reserve it for an agent; the visitor keeps their place.
        `automatic`: a timeout took the case from `agent`, and `reason` is its name."""
        conversation = await self._conversation(conversation_id)
        body = {"tier": to.tier, "to": to.agent, "reason": reason, **({"automatic": True} if automatic else {})}
        note = Note("transferred", body, agent.id)
        entry = await self._event(conversation, "transferred", agent, client_id)
        return await self._do(Change(conversation_id, (entry,), Event.TRANSFER, by=agent, to=to, notes=(note,)))

    async def give_back(self, conversation_id: str, agent: Agent, client_id: str | None = None) -> Changed:
        """Give the conversation back to the bot."""
        conversation = await self._conversation(conversation_id)
        entry = await self._event(conversation, "returned", agent, client_id)
        note = Note("returned", agent=agent.id)
        return await self._do(Change(conversation_id, (entry,), Event.RETURN, by=agent, notes=(note,)))

    async def ticket(self, conversation_id: str, agent: Agent, values: Mapping[str, str], client_id: str) -> Changed:
        """Make a ticket of the case in the visitor's name. `bot.services.ticket_fields` has checked `values`."""
        conversation = await self._conversation(conversation_id)
        if conversation.agent is None or conversation.agent.id != agent.id:
            raise NotCaseOwner("only the owner of the conversation makes a ticket of it")
        state = {**conversation.bot_state, "language": conversation.lang}
        turn = BotTurn(conversation.id, f"{conversation.id}:{client_id}", "", state, identity=conversation.identity)
        reply = await asyncio.to_thread(self._responder.submit, turn, values, bounded=False)
        entries = entries_of(reply.bubbles, conversation.lang, Author.SYSTEM, client_id)
        note = Note("ticketed", agent=agent.id)
        return await self._do(Change(conversation_id, entries, Event.TICKET, by=agent, notes=(note,)))

    async def close(self, conversation_id: str, agent: Agent, reason: Outcome, client_id: str | None = None) -> Changed:
        """Close the conversation; `reason` is for insights, and the visitor does not see it."""
        conversation = await self._conversation(conversation_id)
        entry = await self._event(conversation, "ended", agent, client_id)
        note = Note("closed", {"reason": reason.value}, agent.id)
        return await self._do(Change(
            conversation_id, (entry,), Event.END, by=agent, outcome=reason.value, notes=(note,)))

    async def release(self, agent: Agent, why: str) -> int:
        """Put all cases of an absent agent back into the queue; returns how many the agent owned."""
        held: list[Case] = await asyncio.to_thread(self._cases.of_agent, agent.id)
        for case in held:
            try:
                await self.transfer(case.conversation_id, agent, Destination(), why, automatic=True)
            except NotCaseOwner:
                continue
        return len(held)

    @staticmethod
    def _is_recent(at: float) -> bool:
        return time.monotonic() - at < WRITING_SECONDS

    async def _conversation(self, conversation_id: str) -> Conversation:
        conversation = await asyncio.to_thread(self._conversations.get, conversation_id)
        if conversation is None:
            raise NotCaseOwner("there is no such conversation")
        return conversation

    async def _event(
        self, conversation: Conversation, name: str, agent: Agent, client_id: str | None = None
    ) -> NewEntry:
        text = await asyncio.to_thread(self._responder.event, name, conversation.lang, agent=agent.name)
        body: dict[str, Any] = {"event": name, "text": text, "name": agent.name, "lang": conversation.lang}
        return NewEntry(Author.SYSTEM, Kind.EVENT, body, client_id)

    async def _do(self, change: Change) -> Changed:
        changed = await self._log_writer.write(change)
        if not changed.is_new and not changed.entries:
            raise NotCaseOwner("the conversation is another agent's, or closed")
        if change.by and change.event in _LEAVES and self._typed.pop(change.conversation_id, None) is not None:
            self.typing(change.conversation_id, change.by, on=False)
        return changed
